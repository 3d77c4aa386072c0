"""What people can do with teams. Each action is one call from a view."""

from __future__ import annotations

from django.db import transaction

from apps.accounts.models import Membership, Team, User


@transaction.atomic
def create_team(*, owner: User, name: str) -> Team:
    team = Team.objects.create(name=name)
    Membership.objects.create(team=team, user=owner, role=Membership.Role.OWNER)
    return team
