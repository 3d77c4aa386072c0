"""People that most tests share.

Olga owns the team, Alice edits, Bob may only view. Charlie is an outsider.
"""

from __future__ import annotations

import pytest
from django.core.cache import cache
from django.test import Client
from hypothesis import settings

from apps.accounts.models import Membership, Team, User
from tests.factories import make_member, make_user

pytest_plugins = ["tests.plugins.postgres", "tests.plugins.proxy"]

# The same cases on every machine, however slow it is.
settings.register_profile("headroom", deadline=None, derandomize=True)
settings.load_profile("headroom")


@pytest.fixture(autouse=True)
def _no_limits_left_over() -> None:
    """Forget the attempts that earlier tests made at signing in."""
    cache.clear()


@pytest.fixture
def team(db: None) -> Team:
    return Team.objects.create(name="Shop")


@pytest.fixture
def olga(team: Team) -> User:
    return make_member(team, "olga@example.com", Membership.Role.OWNER)


@pytest.fixture
def alice(team: Team) -> User:
    return make_member(team, "alice@example.com", Membership.Role.EDITOR)


@pytest.fixture
def bob(team: Team) -> User:
    return make_member(team, "bob@example.com", Membership.Role.VIEWER)


@pytest.fixture
def charlie(db: None) -> User:
    return make_user("charlie@example.com")


@pytest.fixture
def htmx() -> dict[str, str]:
    """Headers that make the test client look like htmx."""
    return {"HX-Request": "true"}


@pytest.fixture
def olga_client(olga: User) -> Client:
    return _signed_in(olga)


@pytest.fixture
def alice_client(alice: User) -> Client:
    return _signed_in(alice)


@pytest.fixture
def bob_client(bob: User) -> Client:
    return _signed_in(bob)


@pytest.fixture
def charlie_client(charlie: User) -> Client:
    return _signed_in(charlie)


def _signed_in(user: User) -> Client:
    # A client each: two people in one test must not share a session.
    client = Client()
    client.force_login(user)
    return client
