from __future__ import annotations

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from apps.accounts.models import User
from apps.designs.models import Design
from tests.designs.changes import change_memory

pytestmark = pytest.mark.django_db


@pytest.fixture
def url(design: Design) -> str:
    return f"/designs/{design.pk}/history/"


@pytest.fixture
def changed(design: Design, alice: User) -> Design:
    for memory_mb in (1024, 1536, 2048):
        change_memory(design, memory_mb, alice)
    return design


@pytest.mark.usefixtures("changed")
def test_it_lists_versions_newest_first(alice_client: Client, url: str) -> None:
    page = alice_client.get(url).content.decode()

    assert "4 versions" in page
    assert page.index("Memory of 2048") < page.index("Memory of 1024")
    assert "Orders: Memory 1,024\N{NO-BREAK SPACE}MB → 1,536\N{NO-BREAK SPACE}MB" in page
    assert "alice@example.com" in page


@pytest.mark.usefixtures("changed")
def test_queries_do_not_grow_with_versions(
    alice_client: Client, url: str, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    # Session, user, design with head and role, count, versions with authors, the one before.
    with django_assert_num_queries(6):
        alice_client.get(url)


def test_long_history_has_pages(alice_client: Client, design: Design, url: str) -> None:
    for step in range(21):
        change_memory(design, 1024 + step)

    first, last = (alice_client.get(f"{url}?page={page}").content.decode() for page in (1, 2))

    assert "Memory of 1044" in first
    assert "Memory of 1024" not in first
    # The oldest on a page is compared with the newest of the next.
    assert "Memory 1,024\N{NO-BREAK SPACE}MB → 1,025" in first
    assert "Memory of 1024" in last


@pytest.mark.usefixtures("changed")
def test_viewer_cannot_restore_from_it(bob_client: Client, url: str) -> None:
    page = bob_client.get(url).content.decode()

    assert "Memory of 2048" in page
    assert "Restore" not in page
    assert "Delete" not in page


def test_outsider_sees_nothing(charlie_client: Client, url: str) -> None:
    assert charlie_client.get(url).status_code == 404


def test_post_is_not_allowed(alice_client: Client, url: str) -> None:
    assert alice_client.post(url).status_code == 405
