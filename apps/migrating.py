"""Operations of migrations that lock nobody out on PostgreSQL, and work on SQLite too.

Django's own run on PostgreSQL alone. SQLite, at home, has nobody to lock out.
"""

from __future__ import annotations

from typing import Any

from django.contrib.postgres import operations
from django.db.migrations import AddConstraint, AddIndex


class AddIndexConcurrently(operations.AddIndexConcurrently):
    """Make an index while everybody works; the migration says `atomic = False`."""

    def database_forwards(self, app_label: str, schema_editor: Any, *states: Any) -> None:
        kind = operations.AddIndexConcurrently if _is_postgresql(schema_editor) else AddIndex
        kind.database_forwards(self, app_label, schema_editor, *states)

    def database_backwards(self, app_label: str, schema_editor: Any, *states: Any) -> None:
        kind = operations.AddIndexConcurrently if _is_postgresql(schema_editor) else AddIndex
        kind.database_backwards(self, app_label, schema_editor, *states)


class AddConstraintNotValid(operations.AddConstraintNotValid):
    """Hold new rows to a check; ValidateConstraint looks at the old ones, a migration later."""

    def database_forwards(self, app_label: str, schema_editor: Any, *states: Any) -> None:
        own = operations.AddConstraintNotValid
        kind = own if _is_postgresql(schema_editor) else AddConstraint
        kind.database_forwards(self, app_label, schema_editor, *states)


class ValidateConstraint(operations.ValidateConstraint):
    def database_forwards(self, app_label: str, schema_editor: Any, *states: Any) -> None:
        # Elsewhere all rows were looked at when it was added.
        if _is_postgresql(schema_editor):
            super().database_forwards(app_label, schema_editor, *states)


def _is_postgresql(schema_editor: Any) -> bool:
    return bool(schema_editor.connection.vendor == "postgresql")
