from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection, migrations, models
from django.db.migrations.state import ProjectState
from django.db.utils import ConnectionHandler

from apps.migrating import AddConstraintNotValid, AddIndexConcurrently, ValidateConstraint
from project.database.locks import locks_of

NAME = models.CharField(max_length=20)
KEY: models.Field[Any, Any] = models.BigAutoField(primary_key=True)
PAID = models.CheckConstraint(condition=~models.Q(name=""), name="order_named")
QUIET = [
    AddIndexConcurrently("order", models.Index(fields=["name"], name="order_name")),
    AddConstraintNotValid("order", PAID),
    ValidateConstraint("order", "order_named"),
]


@pytest.fixture(params=["PostgreSQL", "SQLite"])
def database(request: pytest.FixtureRequest, transactional_db: None) -> Iterator[Any]:
    if request.param == "PostgreSQL":
        yield connection
        return
    alone = {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}
    sqlite = ConnectionHandler({"default": alone})["default"]
    yield sqlite
    sqlite.close()


def run(database: Any, operations: list[Any], state: ProjectState) -> None:
    """Run a migration, and change the state."""
    migration = type("Migration", (migrations.Migration,), {"operations": operations})
    with database.schema_editor(atomic=False) as editor:
        migration("0001", "shop").apply(state, editor)


@pytest.mark.direct
def test_quiet_operations_work_everywhere(database: Any) -> None:
    state = ProjectState()
    run(database, [migrations.CreateModel("Order", [("id", KEY), ("name", NAME)])], state)
    try:
        run(database, QUIET, state)
        with database.cursor() as cursor:
            found = database.introspection.get_constraints(cursor, "shop_order")
        assert found["order_name"]["index"]
        assert found["order_named"]["check"]
    finally:
        run(database, [migrations.DeleteModel("Order")], state)


def test_quiet_operations_are_no_locks() -> None:
    state = ProjectState()
    made = migrations.CreateModel("Order", [("id", KEY), ("name", NAME)])
    made.state_forwards("shop", state)
    body = {"operations": QUIET, "atomic": False}
    migration = type("Migration", (migrations.Migration,), body)("0002", "shop")

    assert list(locks_of([migration], state, frozenset({"shop_order"}))) == []
