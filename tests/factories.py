"""Rows for tests: plain functions, each with what a test seldom cares about filled in."""

from __future__ import annotations

from django.utils import timezone

from apps.accounts.actions import create_api_token
from apps.accounts.models import ApiToken, Membership, Team, User

# For tests that sign in through the page.
PASSWORD = "correct horse battery staple"


def make_user(email: str = "dora@example.com") -> User:
    return User.objects.create_user(email, PASSWORD)


def make_member(
    team: Team,
    email: str = "dora@example.com",
    role: Membership.Role = Membership.Role.EDITOR,
) -> User:
    user = make_user(email)
    Membership.objects.create(team=team, user=user, role=role)
    return user


def make_token(
    user: User, team: Team, *scopes: ApiToken.Scope, name: str = "Pipeline", days: int = 90
) -> str:
    """Return the secret of a new token, with all that the person may give it if nothing is said."""
    membership = Membership.objects.get(user=user, team=team)
    is_viewer = membership.role == Membership.Role.VIEWER
    usual = [s for s in ApiToken.Scope if not (is_viewer and s == ApiToken.Scope.IMPORT)]
    _, token = create_api_token(
        membership=membership, name=name, scopes=scopes or usual, days=days, now=timezone.now()
    )
    return token
