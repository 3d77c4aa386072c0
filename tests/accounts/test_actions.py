from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from apps.accounts import actions
from apps.accounts.models import Membership, Team
from tests.factories import make_member


@pytest.mark.django_db(transaction=True)
def test_two_owners_who_leave_at_once_do_not_leave_the_team_alone() -> None:
    team = Team.objects.create(name="Shop")
    for name in ("olga", "otto"):
        make_member(team, f"{name}@example.com", Membership.Role.OWNER)
    together = Barrier(2)

    def leave(membership: Membership) -> str:
        together.wait(timeout=10)
        try:
            actions.remove_member(membership=membership)
        except actions.LastOwner:
            return "stays"
        finally:
            connection.close()
        return "left"

    with ThreadPoolExecutor(2) as pool:
        outcomes = sorted(pool.map(leave, team.memberships.all()))

    assert outcomes == ["left", "stays"]
    assert team.memberships.owners().count() == 1
