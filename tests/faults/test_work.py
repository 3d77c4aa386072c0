"""Work in the background: delivered twice, killed half-way, by clocks that differ."""

from __future__ import annotations

import subprocess
import time
from typing import Any

from tests.faults.conftest import Place
from tests.faults.product import run, start
from tests.faults.servers import Postgres

WORK = "tests.faults.work"
AHEAD = {"FAULTS_SKEW_S": "600"}
BEHIND = {"FAULTS_SKEW_S": "-600"}
STATES = "SELECT state, attempts, reason, progress FROM forecasts_forecast"
# A minute without a word from its worker.
LEASE_OVER = "UPDATE forecasts_forecast SET lease_until = now() - interval '1 second'"


def ask(place: Place) -> str:
    return run(WORK, "ask", variables=place.variables()).splitlines()[-1]


def row(server: Postgres, place: Place) -> tuple[Any, ...]:
    """Return the state of the only forecast: there must never be a second."""
    (found,) = server.query(place.database, STATES)
    return found


def is_done(server: Postgres, place: Place) -> bool:
    """Say whether the answer is there, with one file of its day."""
    files = list((place.folder / "media" / "series").iterdir())
    state, _, reason, _ = row(server, place)
    return (state, reason, len(files)) == ("done", "", 1)


def worker(place: Place, forecast_id: str, **more: str) -> subprocess.Popen[str]:
    return start(WORK, "work", forecast_id, variables=place.variables(**more))


def wait_until_half_way(server: Postgres, place: Place, attempt: int = 1) -> None:
    until_s = time.monotonic() + 30
    while True:
        state, attempts, _, progress = row(server, place)
        if (state, attempts) == ("running", attempt) and progress > 0:
            return
        assert time.monotonic() < until_s, (state, attempts, progress)
        time.sleep(0.02)


def test_delivered_twice_at_the_same_time(server: Postgres, place: Place, people: object) -> None:
    forecast_id = ask(place)

    first = worker(place, forecast_id)
    wait_until_half_way(server, place)
    second = worker(place, forecast_id)
    assert second.wait(60) == 0
    # It has left the work to the first one.
    assert row(server, place)[:2] == ("running", 1)

    assert first.wait(60) == 0
    assert is_done(server, place)


def test_delivered_to_a_worker_of_the_library_twice(server: Postgres, place: Place) -> None:
    forecast_id = ask(place)
    run(WORK, "deliver", forecast_id, variables=place.variables())

    command = ("db_worker", "--batch", "--no-startup-delay", "--no-reload")
    run("django", *command, variables=place.variables())

    assert is_done(server, place)
    tasks = server.query(place.database, "SELECT status FROM django_tasks_database_dbtaskresult")
    assert tasks == [("SUCCESSFUL",), ("SUCCESSFUL",)]


def test_killed_half_way(server: Postgres, place: Place) -> None:
    """Another takes it over when the lease is over, and not before."""
    forecast_id = ask(place)
    first = worker(place, forecast_id)
    wait_until_half_way(server, place)
    first.kill()
    first.wait()

    assert worker(place, forecast_id).wait(60) == 0
    assert row(server, place)[:2] == ("running", 1)

    server.query(place.database, LEASE_OVER)
    said = run(WORK, "sweep", variables=place.variables())
    assert "1 forecasts taken up" in said
    assert worker(place, forecast_id).wait(60) == 0
    assert is_done(server, place)


def test_killed_each_time_is_parked_with_its_reason(server: Postgres, place: Place) -> None:
    forecast_id = ask(place)
    for attempt in (1, 2, 3):
        victim = worker(place, forecast_id)
        wait_until_half_way(server, place, attempt)
        victim.kill()
        victim.wait()
        server.query(place.database, LEASE_OVER)

    run(WORK, "sweep", variables=place.variables())

    state, attempts, reason, _ = row(server, place)
    assert (state, attempts) == ("failed", 3)
    assert "tried three times" in reason


def test_clocks_that_differ_take_nothing_from_each_other(server: Postgres, place: Place) -> None:
    """One machine is ten minutes ahead, one behind: the work is done by whoever has it, once."""
    forecast_id = ask(place)
    behind = worker(place, forecast_id, **BEHIND)
    wait_until_half_way(server, place)

    assert worker(place, forecast_id, **AHEAD).wait(60) == 0
    said = run(WORK, "sweep", variables=place.variables(**AHEAD))

    assert "0 forecasts taken up" in said
    assert row(server, place)[:2] == ("running", 1)
    assert behind.wait(60) == 0
    assert is_done(server, place)
