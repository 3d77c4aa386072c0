"""Rows for tests: plain functions, each with what a test seldom cares about filled in."""

from __future__ import annotations

from apps.accounts.models import Membership, Team, User

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
