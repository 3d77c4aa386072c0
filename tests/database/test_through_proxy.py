"""The application through a stand-in for RDS Proxy; `make proxytest` sends all the tests there."""

from __future__ import annotations

import psycopg
import pytest
from django.core.management import call_command
from django.db import NotSupportedError, connection, transaction
from django.test import Client

from apps.accounts.models import Membership, Team
from apps.designs.actions import create_design_from_files
from apps.designs.models import Design
from tests.database.stand_in import StandIn
from tests.factories import make_member

TEMPLATE = b"""
Resources:
  Orders:
    Type: AWS::SQS::Queue
"""


def make_design() -> Design:
    team = Team.objects.create(name="Shop")
    files = {"template.yaml": TEMPLATE + b"# much to read\n" * 20_000}
    return create_design_from_files(team=team, author=None, name="Shop", files=files)


def test_stand_in_refuses_and_the_session_goes_on(stand_in: StandIn) -> None:
    with connection.cursor() as cursor:
        with pytest.raises(NotSupportedError, match="would pin: SET or RESET"):
            cursor.execute("SET statement_timeout = 1000")
        cursor.execute("SELECT %s", ["SET x = 1"])
        assert cursor.fetchone() == ("SET x = 1",)
        with pytest.raises(NotSupportedError, match="would pin: a lock"):
            cursor.execute("SELECT pg_advisory_lock(%s)", [1])

    assert len(stand_in.refused) == 2


def test_stand_in_refuses_named_statements(stand_in: StandIn) -> None:
    address = f"host=127.0.0.1 port={stand_in.port} dbname=postgres"
    with psycopg.connect(address, autocommit=True) as session:
        assert session.execute("SELECT %s::int", [1]).fetchone() == (1,)
        with pytest.raises(psycopg.Error):
            session.execute("SELECT %s::int", [1], prepare=True)

    assert stand_in.refused == ["a statement that is prepared: SELECT $1::int"]


def test_stand_in_refuses_options_at_the_start(stand_in: StandIn) -> None:
    address = f"host=127.0.0.1 port={stand_in.port} dbname=postgres"

    with pytest.raises(psycopg.OperationalError, match="command-line options"):
        psycopg.connect(address, options="-c statement_timeout=1000")


def test_session_begins_without_a_word(stand_in: StandIn) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")

    assert (stand_in.sessions, stand_in.refused) == (1, [])


def test_each_transaction_may_have_another_session(stand_in: StandIn) -> None:
    def session() -> int:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            return int(cursor.fetchone()[0])

    assert len({session() for _ in range(4)}) == 2
    with transaction.atomic():
        assert len({session() for _ in range(4)}) == 1


@pytest.mark.parametrize("character", ["x", "'", "€", "\\"])
def test_long_values_do_not_make_long_texts(stand_in: StandIn, character: str) -> None:
    for length in (1000, 3500, 3990, 4100, 20_000, 2_000_000):
        with connection.cursor() as cursor:
            cursor.execute("SELECT %s::text, %s::bytea", [character * length, b"\0" * length])
            text, data = cursor.fetchone()
        assert (text, bytes(data)) == (character * length, b"\0" * length)

    assert stand_in.refused == []


def test_big_design_is_saved_and_read(stand_in: StandIn) -> None:
    design = make_design()
    version = design.versions.create(number=99, graph={"note": "it's % " * 50_000})

    version.refresh_from_db()

    assert version.graph == {"note": "it's % " * 50_000}
    assert stand_in.refused == []


def test_transactions_and_locks_of_rows_are_shared(stand_in: StandIn) -> None:
    design = make_design()
    with transaction.atomic():
        locked = Design.objects.select_for_update().get(pk=design.pk)
        with transaction.atomic():
            locked.name = "New"
            locked.save(update_fields=["name"])
    names = [item.name for item in Design.objects.order_by("pk").iterator(chunk_size=1)]

    assert names == ["New"]
    assert stand_in.refused == []


def test_pages_do_not_pin(stand_in: StandIn) -> None:
    design = make_design()
    alice = make_member(design.team, "alice@example.com", Membership.Role.EDITOR)
    client = Client()
    client.force_login(alice)

    answers = [client.get(path).status_code for path in ("/", f"/designs/{design.pk}/", "/facts/")]

    assert answers == [200, 200, 200]
    assert stand_in.refused == []


def test_cache_in_the_database_does_not_pin(stand_in: StandIn) -> None:
    from django.core.cache.backends.db import DatabaseCache

    cache = DatabaseCache("cache_for_a_test", {})
    call_command("createcachetable", "cache_for_a_test", verbosity=0)
    cache.set("long", "x" * 50_000)

    assert cache.get("long") == "x" * 50_000
    assert stand_in.refused == []
