from __future__ import annotations

from typing import Any

import pytest
from django.contrib.postgres.operations import AddConstraintNotValid, AddIndexConcurrently
from django.core.management import CommandError, call_command
from django.db import connection, migrations, models
from django.db.migrations.state import ModelState, ProjectState
from django.db.models.functions import Now, Random
from pytest_django.fixtures import Settings

from project.database import locks
from project.database.locks import locks_of, locks_of_all


def no_code(apps: Any, schema_editor: Any) -> None:
    pass


def found(*operations: Any, table: str = "shop_order", **said: Any) -> list[str]:
    """Return what a migration of the app `shop`, which has orders, would lock."""
    fields: dict[str, models.Field[Any, Any]] = {
        "id": models.BigAutoField(primary_key=True),
        "name": models.CharField(max_length=20, null=True),
        "price": models.DecimalField(max_digits=8, decimal_places=2),
    }
    state = ProjectState()
    state.add_model(ModelState("shop", "Order", list(fields.items())))
    body = {"operations": list(operations), **said}
    migration = type("Migration", (migrations.Migration,), body)("0002", "shop")
    return [lock.why for lock in locks_of([migration], state, frozenset({table}))]


def add(field: models.Field[Any, Any]) -> migrations.AddField:
    return migrations.AddField("order", "more", field)


def alter(name: str, field: models.Field[Any, Any]) -> migrations.AlterField:
    return migrations.AlterField("order", name, field)


INDEX = models.Index(fields=["name"], name="order_name")
LOCKING = {
    "index": migrations.AddIndex("order", INDEX),
    "unique": migrations.AddConstraint(
        "order", models.UniqueConstraint(fields=["name"], name="order_name_once")
    ),
    "check": migrations.AddConstraint(
        "order", models.CheckConstraint(condition=models.Q(price__gt=0), name="order_price")
    ),
    "together": migrations.AlterUniqueTogether("order", {("name", "price")}),
    "new column with an index": add(models.CharField(max_length=5, db_index=True, default="")),
    "new unique column": add(models.CharField(max_length=5, unique=True, null=True)),
    "new key": add(models.ForeignKey("shop.Order", models.CASCADE, null=True)),
    "default of every row": add(models.FloatField(db_default=Random())),
    "generated": add(
        models.GeneratedField(
            expression=models.F("price") * 2, output_field=models.FloatField(), db_persist=True
        )
    ),
    "other type": alter("name", models.IntegerField(null=True)),
    "shorter": alter("name", models.CharField(max_length=10, null=True)),
    "more digits": alter("price", models.DecimalField(max_digits=9, decimal_places=3)),
    "not null": alter("name", models.CharField(max_length=20)),
    "index on a column": alter("name", models.CharField(max_length=20, null=True, db_index=True)),
    "code": migrations.RunPython(no_code),
    "SQL": migrations.RunSQL("UPDATE shop_order SET price = 1"),
    "in two parts": migrations.SeparateDatabaseAndState([migrations.AddIndex("order", INDEX)]),
}
QUICK = {
    "new column": add(models.CharField(max_length=5, default="")),
    "new column that may be null": add(models.IntegerField(null=True)),
    "default of the database": add(models.IntegerField(db_default=1)),
    "the time of the migration": add(models.DateTimeField(db_default=Now())),
    "many to many": add(models.ManyToManyField("shop.Order")),
    "longer": alter("name", models.CharField(max_length=30, null=True)),
    "any length": alter("name", models.TextField(null=True)),
    "help": alter("name", models.CharField(max_length=20, null=True, help_text="Its name")),
    "may be null": alter("price", models.DecimalField(max_digits=8, decimal_places=2, null=True)),
    "concurrently": AddIndexConcurrently("order", INDEX),
    "not valid": AddConstraintNotValid(
        "order", models.CheckConstraint(condition=models.Q(price__gt=0), name="order_price")
    ),
    "code in parts": migrations.RunPython(no_code, atomic=False),
    "less": migrations.RemoveField("order", "name"),
    "only in words": migrations.SeparateDatabaseAndState([], [migrations.AddIndex("order", INDEX)]),
}


@pytest.mark.parametrize("operation", LOCKING.values(), ids=LOCKING)
def test_what_looks_at_every_row_is_told(operation: Any) -> None:
    assert len(found(operation)) == 1


@pytest.mark.parametrize("operation", QUICK.values(), ids=QUICK)
def test_what_lasts_a_moment_is_not(operation: Any) -> None:
    assert found(operation) == []


def test_small_tables_may_be_locked() -> None:
    assert found(migrations.AddIndex("order", INDEX), table="shop_other") == []


def test_table_that_the_migration_makes_is_empty() -> None:
    fields: list[tuple[str, models.Field[Any, Any]]] = [
        ("id", models.BigAutoField(primary_key=True)),
        ("name", models.TextField()),
    ]
    made = migrations.CreateModel("Item", fields)
    index = migrations.AddIndex("item", models.Index(fields=["name"], name="item_name"))

    assert found(made, index, table="shop_item") == []


def test_state_follows_the_operations() -> None:
    wider = alter("name", models.CharField(max_length=30, null=True))
    back = alter("name", models.CharField(max_length=20, null=True))

    assert len(found(wider, back)) == 1


def test_migration_may_say_why_it_locks() -> None:
    assert found(migrations.AddIndex("order", INDEX), locks_allowed="Nobody orders yet.") == []


def test_our_migrations_lock_no_big_table() -> None:
    assert locks_of_all() == []


def test_big_tables_exist() -> None:
    from django.apps import apps

    assert {model._meta.db_table for model in apps.get_models()} >= locks.BIG_TABLES


def test_check_tells_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    from django.core import checks

    lock = locks.Lock("shop.0002", "shop_order", "it makes an index.")
    monkeypatch.setattr(locks, "locks_of_all", lambda: [lock])

    (message,) = checks.run_checks(tags=["migrations"])

    assert (message.id, message.msg) == (
        "headroom.E004",
        "shop.0002 locks shop_order: it makes an index.",
    )


@pytest.fixture
def orders(transactional_db: None, settings: Settings, tmp_path: Any, monkeypatch: Any) -> Any:
    """A team table with many rows, and a new migration that makes an index on it."""
    package = tmp_path / "late_migrations"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "0001_index.py").write_text(MIGRATION)
    monkeypatch.syspath_prepend(tmp_path)
    settings.MIGRATION_MODULES = {"project": "late_migrations"}
    monkeypatch.setattr(locks, "MANY_ROWS", 50)
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE project_order (id bigint PRIMARY KEY, name text)")
        cursor.execute("INSERT INTO project_order SELECT i, i FROM generate_series(1, 100) i")
        cursor.execute("ANALYZE project_order")
    yield package
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE project_order")
        cursor.execute("DELETE FROM django_migrations WHERE app = 'project'")


MIGRATION = """
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True
    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.CreateModel(
                    "Order",
                    [("id", models.BigAutoField(primary_key=True)), ("name", models.TextField())],
                )
            ]
        ),
        migrations.AddIndex("order", models.Index(fields=["name"], name="late_order_name")),
    ]
"""


def has_index() -> bool:
    with connection.cursor() as cursor:
        found = connection.introspection.get_constraints(cursor, "project_order")
    return "late_order_name" in found


def test_migrate_refuses_to_lock_a_table_that_is_big_now(orders: Any) -> None:
    with pytest.raises(CommandError, match=r"project\.0001_index locks project_order: it makes an"):
        call_command("migrate", verbosity=0)
    assert not has_index()

    call_command("migrate", verbosity=0, allow_locks=True)
    assert has_index()


def test_migrate_does_not_care_about_small_tables(
    orders: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(locks, "MANY_ROWS", 1000)

    call_command("migrate", verbosity=0)

    assert has_index()
