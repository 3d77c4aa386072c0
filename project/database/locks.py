"""What a migration would keep locked while it looks at every row of a big table.

Read from the operations, so that no database is needed. A lock that lasts a moment is no fault:
`lock_timeout` ends a migration that would wait for one.

References
----------
https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-NOTES
https://www.postgresql.org/docs/current/sql-createindex.html#SQL-CREATEINDEX-CONCURRENTLY
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from django.apps import apps
from django.db import migrations, models
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ModelState, ProjectState
from django.db.models.expressions import Value
from django.db.models.fields import NOT_PROVIDED
from django.db.models.functions import Now

# They grow with what people do, so they are taken for big wherever nobody can look.
BIG_TABLES: Final = frozenset(
    {
        "accounts_user", "designs_upload", "designs_version", "django_session",
        "django_tasks_database_dbtaskresult", "facts_pricerow", "forecasts_forecast",
        "forecasts_sampleslice",
    }
)  # fmt: skip
ANY_TABLE: Final = "a big table"
MANY_ROWS: Final = 100_000
MANY_BYTES: Final = 100 * 1024 * 1024
BIG_NOW: Final = """
    SELECT relname FROM pg_class
    WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace
    AND (reltuples > %s OR pg_relation_size(oid) > %s)
"""


@dataclass(frozen=True)
class Lock:
    migration: str
    table: str
    why: str

    def __str__(self) -> str:
        return f"{self.migration} locks {self.table}: {self.why}"


def locks_of(
    plan: Iterable[migrations.Migration], state: ProjectState, big: frozenset[str]
) -> Iterator[Lock]:
    """Yield what the migrations of a plan lock; the state is that before them, and is changed."""
    for migration in plan:
        name = f"{migration.app_label}.{migration.name}"
        made: set[str] = set()
        for operation, before, table in _steps(migration, state):
            if isinstance(operation, migrations.CreateModel):
                made.add(table)
            is_big = bool(big) if table == ANY_TABLE else table in big - made
            why = _why(operation, before, migration) if is_big else ""
            if why and not getattr(migration, "locks_allowed", ""):
                yield Lock(name, table, why)


def locks_of_all() -> list[Lock]:
    """Return what our own migrations would lock, were they run on full tables."""
    graph = MigrationLoader(None).graph
    plan = (graph.nodes[key] for key in graph._generate_plan(graph.leaf_nodes(), at_end=True))
    found = locks_of(plan, ProjectState(), BIG_TABLES)
    ours = {config.label for config in apps.get_app_configs() if config.name.startswith("apps.")}
    return [lock for lock in found if lock.migration.partition(".")[0] in ours]


def big_tables(connection: Any) -> frozenset[str]:
    """Return the tables that are big now."""
    with connection.cursor() as cursor:
        cursor.execute(BIG_NOW, [MANY_ROWS, MANY_BYTES])
        return frozenset(name for (name,) in cursor.fetchall())


def _steps(
    migration: migrations.Migration, state: ProjectState
) -> Iterator[tuple[Operation, ModelState | None, str]]:
    """Yield what the database does, its model as it was before, and its table."""
    for operation in migration.operations:
        inner = (
            operation.database_operations
            if isinstance(operation, migrations.SeparateDatabaseAndState)
            else [operation]
        )
        for step in inner:
            model = getattr(step, "model_name", None) or getattr(step, "name", "")
            before = state.models.get((migration.app_label, str(model).lower()))
            yield step, before and before.clone(), _table(migration.app_label, str(model), before)
        operation.state_forwards(migration.app_label, state)


def _table(app_label: str, model: str, before: ModelState | None) -> str:
    if not model:
        return ANY_TABLE
    named = before.options.get("db_table") if before else None
    return str(named or f"{app_label}_{model.lower()}")


def _why(operation: Any, before: ModelState | None, migration: migrations.Migration) -> str:
    # Operations that do it concurrently, or without looking at the rows, are of other types.
    reason = REASONS.get(type(operation))
    return reason(operation, before, migration) if reason else ""


def _of_index(operation: Any, *_: Any) -> str:
    return "it makes an index; make it concurrently (AddIndexConcurrently, atomic = False)."


def _of_constraint(operation: Any, *_: Any) -> str:
    return "its rows are checked; use AddConstraintNotValid, and validate in a later migration."


def _of_together(operation: Any, before: ModelState | None, *_: Any) -> str:
    known = before.options.get("unique_together") if before else None
    added = set(operation.unique_together or ()) - set(known or ())
    return "it makes an index; use a unique index made concurrently." if added else ""


def _of_new_field(operation: Any, *_: Any) -> str:
    field = operation.field
    if isinstance(field, models.AutoField | models.BigAutoField | models.GeneratedField):
        return "every row is written again; add a field that may be null, and fill it in parts."
    default = field.db_default
    if default is not NOT_PROVIDED and not _is_constant(default):
        return "its default is worked out for every row; set it later, and fill in parts."
    return _of_check(field)


def _of_check(field: Any) -> str:
    """Return what is wrong with a new index or a new key on a column."""
    if field.remote_field and getattr(field, "db_constraint", False):
        return "its key is checked in every row; use db_constraint=False, and add it NOT VALID."
    if field.unique or getattr(field, "db_index", False):
        return "it makes an index; leave it out, and make it concurrently."
    return ""


def _of_changed_field(operation: Any, before: ModelState | None, *_: Any) -> str:
    old, new = before.fields.get(operation.name) if before else None, operation.field
    if old is None:
        return ""
    if _is_other_type(old, new):
        return "the column gets another type and every row is written again; add a new column."
    if old.null and not new.null:
        return "every row is looked at for NULL; add a constraint NOT VALID, and validate it."
    return _of_check(new) if _of_check(new) != _of_check(old) else ""


def _is_other_type(old: Any, new: Any) -> bool:
    kinds = old.get_internal_type(), new.get_internal_type()
    if kinds in (("CharField", "CharField"), ("CharField", "TextField")):
        limits = old.max_length or 0, new.max_length or float("inf")
        return limits[1] < limits[0] or old.db_collation != new.db_collation
    names = ("max_digits", "decimal_places", "db_collation")
    return kinds[0] != kinds[1] or any(
        getattr(old, name, None) != getattr(new, name, None) for name in names
    )


def _is_constant(default: Any) -> bool:
    return isinstance(default, Value | Now) or not hasattr(default, "resolve_expression")


def _of_code(operation: Any, before: ModelState | None, migration: migrations.Migration) -> str:
    if operation.atomic is False or (operation.atomic is None and not migration.atomic):
        return ""
    return "rows that it changes stay locked to its end; fill in parts, with atomic=False."


def _of_sql(operation: Any, *_: Any) -> str:
    return "nobody reads this SQL; say in locks_allowed why it is quick."


REASONS: Final[dict[type, Callable[..., str]]] = {
    migrations.AddConstraint: _of_constraint,
    migrations.AddField: _of_new_field,
    migrations.AddIndex: _of_index,
    migrations.AlterField: _of_changed_field,
    migrations.AlterUniqueTogether: _of_together,
    migrations.RunPython: _of_code,
    migrations.RunSQL: _of_sql,
}
