"""A migration loses its session half-way, as when the database fails over or Lambda ends it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import OperationalError, connection
from django.db.migrations.recorder import MigrationRecorder
from pytest_django.fixtures import Settings

from tests.database.stand_in import StandIn

MIGRATION = """
import os

from django.db import migrations, models


def hang_up(apps, schema_editor):
    apps.get_model("project", "Late").objects.create(id=1)
    if os.environ["HANGS_UP"] == "yes":
        schema_editor.execute("SELECT pg_terminate_backend(pg_backend_pid())")


class Migration(migrations.Migration):
    initial = True
    operations = [
        migrations.CreateModel("Late", [("id", models.BigAutoField(primary_key=True))]),
        migrations.RunPython(hang_up),
    ]
"""


@pytest.fixture
def _late(
    stand_in: StandIn, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[None]:
    package = tmp_path / "interrupted_migrations"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "0001_late.py").write_text(MIGRATION)
    monkeypatch.syspath_prepend(tmp_path)
    settings.MIGRATION_MODULES = {"project": "interrupted_migrations"}
    yield
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS project_late")
        cursor.execute("DELETE FROM django_migrations WHERE app = 'project'")


def state() -> tuple[bool, bool]:
    """Tell whether the migration is known as applied, and whether its table is there."""
    is_applied = ("project", "0001_late") in MigrationRecorder(connection).applied_migrations()
    return is_applied, "project_late" in connection.introspection.table_names()


@pytest.mark.usefixtures("_late")
def test_migration_that_was_interrupted_is_run_again(
    stand_in: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HANGS_UP", "yes")
    with pytest.raises(OperationalError):
        call_command("migrate", verbosity=0)
    assert state() == (False, False)

    monkeypatch.setenv("HANGS_UP", "no")
    call_command("migrate", verbosity=0, wait=5)

    assert state() == (True, True)
    assert stand_in.refused == []
