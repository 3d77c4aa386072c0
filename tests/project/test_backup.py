from __future__ import annotations

import io
import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import connection, connections, transaction
from django.db.backends.base.base import NO_DB_ALIAS
from pytest_django.fixtures import Settings

from apps.accounts.actions import create_team
from apps.accounts.models import Membership, Team, User
from apps.designs.models import Design, Upload
from apps.forecasts.models import Forecast
from project.ops.backup import reading, rows, scratch, sealing
from project.ops.backup.reading import restore_backup
from project.ops.backup.rows import tables
from project.ops.backup.scratch import scratch_database
from project.ops.backup.sealing import BadBackup, SealedReader, SealedWriter
from project.ops.backup.writing import write_backup
from tests.factories import make_user
from tests.forecasts.conftest import keep_forecast, make_design

KEY = bytes(range(32))
NOW = datetime(2026, 11, 24, tzinfo=UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _let_through(monkeypatch: pytest.MonkeyPatch) -> None:
    """Name the scratch database as what tests may use beside those of the settings."""
    monkeypatch.setattr(scratch, "ALIAS", NO_DB_ALIAS)
    monkeypatch.setattr(scratch, "call_command", _migrate)


MIGRATED: list[bytes] = []


def _migrate(*args: Any, database: str, **options: Any) -> None:
    """Migrate once for all tests: the file that this leaves is copied for the others."""
    path = Path(str(connections[database].settings_dict["NAME"]))
    if MIGRATED:
        path.write_bytes(MIGRATED[0])
        return
    call_command(*args, database=database, **options)
    connections[database].close()
    MIGRATED.append(path.read_bytes())


@pytest.fixture
def design(team: Team, olga: User) -> Design:
    design = make_design(team, olga, "Notes – ünï ✓")
    keep_forecast(design, {"population": {"value": 1000}})
    return design


def backed_up() -> io.BytesIO:
    file = io.BytesIO()
    write_backup(file, key=KEY, now=NOW)
    file.seek(0)
    return file


def test_restored_rows_are_the_same_on_the_other_database(design: Design, olga: User) -> None:
    file = backed_up()

    with scratch_database() as using:
        sums = restore_backup(file, key=KEY, using=using)
        user = User.objects.using(using).get(email=olga.email)
        restored = Design.objects.using(using).get(pk=design.pk)
        upload = Upload.objects.using(using).get()
        forecast = Forecast.objects.using(using).get()

        assert (user.password, user.date_joined) == (olga.password, olga.date_joined)
        assert (restored.name, restored.created_at) == (design.name, design.created_at)
        assert restored.latest().architecture() == design.latest().architecture()
        assert bytes(upload.content) == bytes(Upload.objects.get().content)
        assert forecast.summary == Forecast.objects.get().summary
        # The next row must get a number of its own.
        assert create_team_in(using, user) > 0
    assert sums["designs.version"]["count"] == 1


def create_team_in(using: str, user: User) -> int:
    team = Team.objects.using(using).create(name="New")
    return Membership.objects.using(using).create(team=team, user=user, role="owner").pk


def test_every_table_but_sessions_is_kept() -> None:
    managed = {m._meta.db_table for m in apps.get_models(include_auto_created=True)}

    assert managed - {model._meta.db_table for model in tables()} == {"django_session"}


def test_nothing_readable_is_in_the_file(design: Design, olga: User) -> None:
    content = backed_up().getvalue()

    assert olga.email.encode() not in content
    assert b"NotesTable" not in content


@pytest.mark.parametrize("place", [0, 40, -5])
def test_changed_byte_is_noticed_and_nothing_restored(design: Design, place: int) -> None:
    content = bytearray(backed_up().getvalue())
    content[place] ^= 1

    with scratch_database() as using:
        with pytest.raises(BadBackup):
            restore_backup(io.BytesIO(content), key=KEY, using=using)
        assert not User.objects.using(using).exists()


@pytest.mark.parametrize("kept", [0.0, 0.3, 0.999])
def test_cut_file_is_noticed(design: Design, kept: float) -> None:
    content = backed_up().getvalue()

    with scratch_database() as using, pytest.raises(BadBackup):
        restore_backup(io.BytesIO(content[: int(kept * len(content))]), key=KEY, using=using)


def test_other_key_opens_nothing(design: Design) -> None:
    with scratch_database() as using, pytest.raises(BadBackup, match="key is another one"):
        restore_backup(backed_up(), key=bytes(32), using=using)


def test_full_database_is_left_alone(design: Design) -> None:
    with pytest.raises(BadBackup, match="not empty"):
        restore_backup(backed_up(), key=KEY)


def test_backup_of_another_release_is_refused(
    design: Design, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = backed_up()
    monkeypatch.setattr(reading, "migrations_of", lambda using: ["designs.0099_later"])

    with scratch_database() as using, pytest.raises(BadBackup, match="other migrations"):
        restore_backup(file, key=KEY, using=using)


def test_row_that_changes_on_the_way_is_noticed(
    design: Design, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, decode = backed_up(), rows.decode

    def bent(field: Any, value: Any) -> Any:
        return "Bent" if field.name == "name" else decode(field, value)

    monkeypatch.setattr(reading, "decode", bent)

    with scratch_database() as using:
        with pytest.raises(BadBackup, match=r"designs\.design"):
            restore_backup(file, key=KEY, using=using)
        assert not Design.objects.using(using).exists()


@pytest.mark.parametrize("size", [0, 1, sealing.CHUNK_BYTES, 2 * sealing.CHUNK_BYTES + 7])
def test_sealed_stream_comes_back(size: int) -> None:
    file, data = io.BytesIO(), bytes(i % 251 for i in range(size))
    with SealedWriter(file, KEY) as sealed:
        sealed.write(data)
    file.seek(0)

    assert SealedReader(file, KEY).read() == data


def test_chunks_cannot_change_places() -> None:
    file = io.BytesIO()
    with SealedWriter(file, KEY) as sealed:
        sealed.write(bytes(3 * sealing.CHUNK_BYTES))
    content, head = file.getvalue(), len(sealing.MAGIC) + sealing.SALT_BYTES
    step = 4 + sealing.CHUNK_BYTES + sealing.TAG_BYTES
    first, second = content[head : head + step], content[head + step : head + 2 * step]
    swapped = content[:head] + second + first + content[head + 2 * step :]

    with pytest.raises(BadBackup):
        SealedReader(io.BytesIO(swapped), KEY).read()


def test_commands(
    design: Design, settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("backup", new_key=True)
    settings.BACKUP_KEY = capsys.readouterr().out.strip()
    path = tmp_path / "one.backup"

    call_command("backup", to=path)
    assert "proven by restoring it" in capsys.readouterr().out
    call_command("restore", str(path), check=True)

    assert "counts and checksums are those of the backup" in capsys.readouterr().out


def test_backup_is_kept_in_its_storage(
    design: Design, settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.BACKUP_KEY = sealing.new_key()

    call_command("backup", unproven=True)
    name = capsys.readouterr().out.split(":")[0]

    call_command("restore", name, check=True)
    with pytest.raises(CommandError, match="no backup nothing"):
        call_command("restore", "nothing")


@pytest.mark.parametrize("key", ["", "short", "*" * 44])
def test_bad_key_is_refused(settings: Settings, key: str) -> None:
    settings.BACKUP_KEY = key

    with pytest.raises(CommandError, match="BACKUP_KEY"):
        call_command("backup")


@pytest.mark.direct
@pytest.mark.django_db(transaction=True)
def test_backup_under_load_is_of_one_moment() -> None:
    """Teams are written with their owner, so no backup may hold one without the other."""
    if connection.vendor == "sqlite":
        pytest.skip("In memory, threads share no database.")
    user, stop = make_user("dora@example.com"), threading.Event()

    def write() -> None:
        while not stop.is_set():
            with transaction.atomic():
                create_team(owner=user, name="Busy")
        connection.close()

    writer = threading.Thread(target=write)
    writer.start()
    try:
        files = [backed_up() for _ in range(3)]
    finally:
        stop.set()
        writer.join()

    counts = []
    for file in files:
        with scratch_database() as using:
            sums = restore_backup(file, key=KEY, using=using)
        counts.append(sums["accounts.team"]["count"])
        assert sums["accounts.membership"]["count"] == counts[-1]
    assert counts[-1] > counts[0]
