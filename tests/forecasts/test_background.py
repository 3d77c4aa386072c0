from __future__ import annotations

import errno
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from unittest.mock import Mock, patch

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.db import connection
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks

from apps.designs.models import Design
from apps.engine.traffic.scenario import Scenario
from apps.facts.actions import effective_facts
from apps.forecasts import background
from apps.forecasts.background import BeingForecast, answer_or_start, start_forecast, work_on
from apps.forecasts.clock import database_now
from apps.forecasts.models import Forecast
from apps.forecasts.series import sweep_series
from tests.forecasts.conftest import NOW, make_forecast

pytestmark = pytest.mark.django_db
SCENARIO = Scenario.from_dict({"population": {"value": 1000}})


def question(design: Design) -> dict[str, Any]:
    facts = effective_facts("us-east-1")
    return {"version": design.latest(), "scenario": SCENARIO, "now": NOW, "facts": facts}


@pytest.fixture
def queued(design: Design) -> Forecast:
    """A question that was given to a worker which has not come yet."""
    return start_forecast(**question(design))


def ticking(start: datetime, step_s: float) -> Iterator[datetime]:
    while True:
        yield start
        start += timedelta(seconds=step_s)


def test_small_designs_are_answered_at_once(design: Design) -> None:
    assert answer_or_start(**question(design)).is_done


@pytest.mark.main_job
def test_large_designs_are_answered_by_a_worker(
    design: Design,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    monkeypatch.setattr(background, "SLOW_FROM", 0)

    with pytest.raises(BeingForecast) as caught, django_capture_on_commit_callbacks(execute=True):
        answer_or_start(**question(design))

    assert not caught.value.forecast.is_done
    row = answer_or_start(**question(design))
    assert row == caught.value.forecast
    assert row.summary["schema"] == "headroom/forecast/1"
    assert row.progress == 1.0


def test_a_question_is_given_to_workers_once(
    design: Design, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    with django_capture_on_commit_callbacks() as first:
        start_forecast(**question(design))
    with django_capture_on_commit_callbacks() as second:
        start_forecast(**question(design))

    assert (len(first), len(second)) == (1, 0)
    assert Forecast.objects.count() == 1


def test_only_one_worker_gets_it(queued: Forecast) -> None:
    mine = Forecast.objects.claim(queued.pk, NOW)
    theirs = Forecast.objects.claim(queued.pk, NOW + timedelta(seconds=59))

    assert mine is not None
    assert theirs is None


def test_what_a_dead_worker_left_is_taken_over(queued: Forecast) -> None:
    dead = Forecast.objects.claim(queued.pk, NOW)
    later = NOW + timedelta(seconds=61)

    heir = Forecast.objects.claim(queued.pk, later)

    assert dead is not None
    assert heir is not None
    assert heir.attempts == 2
    # Should the first one wake again, its word counts no more.
    assert not dead.beat(0.9, later)
    dead.fail("I am late", later)
    assert Forecast.objects.get().state == Forecast.State.RUNNING
    assert heir.beat(0.5, later)


def test_progress_is_kept_and_the_lease_renewed(queued: Forecast) -> None:
    clock = ticking(NOW, 2)
    seen = []

    def watch(self: Forecast, share: float, now: datetime) -> bool:
        seen.append((share, now))
        return True

    with patch.object(Forecast, "beat", watch):
        work_on(queued.pk, clock=lambda: next(clock))

    shares = [share for share, _ in seen]
    assert len(shares) > 5
    assert shares == sorted(shares)
    assert Forecast.objects.get().is_done


def test_a_stopped_forecast_ends_and_says_so(queued: Forecast) -> None:
    clock = ticking(NOW, 2)

    def stop_it(*_: Any) -> bool:
        Forecast.objects.get().stop(NOW)
        return False

    with patch.object(Forecast, "beat", stop_it):
        work_on(queued.pk, clock=lambda: next(clock))

    row = Forecast.objects.get()
    assert (row.state, row.reason) == ("failed", "It was stopped.")


def test_a_running_forecast_hears_that_it_is_to_stop(queued: Forecast) -> None:
    row = Forecast.objects.claim(queued.pk, NOW)
    assert row is not None
    assert row.beat(0.2, NOW)

    row.stop(NOW)

    assert not row.beat(0.3, NOW)


def test_what_cannot_be_run_fails_with_its_sentence(queued: Forecast) -> None:
    Forecast.objects.update(scenario={"population": {"value": 0}})

    work_on(queued.pk)

    row = Forecast.objects.get()
    assert row.state == "failed"
    assert "population.value must be more than 0" in row.reason


def test_our_own_fault_is_logged_and_said(
    queued: Forecast, caplog: pytest.LogCaptureFixture
) -> None:
    with patch.object(background, "forecast", side_effect=ZeroDivisionError("oh")):
        work_on(queued.pk)

    row = Forecast.objects.get()
    assert row.state == "failed"
    assert row.reason.startswith("Headroom failed on this design; the fault is logged.")
    assert "ZeroDivisionError: oh" in caplog.text


def test_sweep_takes_up_what_was_missed(
    queued: Forecast, capsys: pytest.CaptureFixture[str]
) -> None:
    Forecast.objects.update(state="running", attempts=1, lease_until=NOW)

    call_command("sweep")

    assert Forecast.objects.get().is_done
    assert "1 forecasts taken up or given up" in capsys.readouterr().out


def test_sweep_leaves_what_is_worked_on(queued: Forecast) -> None:
    Forecast.objects.claim(queued.pk, NOW)

    assert background.sweep(now=NOW + timedelta(seconds=30)) == 0
    assert Forecast.objects.get().state == "running"


def test_after_three_attempts_it_is_given_up_with_a_reason(queued: Forecast) -> None:
    now = NOW
    for _ in range(3):
        assert Forecast.objects.claim(queued.pk, now)
        now += timedelta(seconds=61)

    assert background.sweep(now=now) == 1
    row = Forecast.objects.get()
    assert row.state == "failed"
    assert "tried three times" in row.reason
    assert Forecast.objects.claim(queued.pk, now) is None


def test_series_that_no_forecast_points_at_are_deleted(design: Design) -> None:
    kept = make_forecast(design).series
    stale = default_storage.save("series/stale.npz", ContentFile(b"x"))
    written = default_storage.get_modified_time(stale)

    sweep_series(now=written + timedelta(minutes=59))
    assert default_storage.exists(stale)
    deleted = sweep_series(now=written + timedelta(minutes=61))

    # Other tests may have left files of their own.
    assert deleted >= 1
    assert default_storage.exists(kept)
    assert not default_storage.exists(stale)


@pytest.mark.parametrize("attempts", [1, 5])
def test_outage_is_no_attempt(
    queued: Forecast, monkeypatch: pytest.MonkeyPatch, attempts: int
) -> None:
    full = OSError(errno.ENOSPC, "No space left on device")
    with monkeypatch.context() as broken:
        broken.setattr(background, "keep", Mock(side_effect=full))
        for _ in range(attempts):
            work_on(queued.pk)

    row = Forecast.objects.get()
    assert (row.state, row.attempts, row.reason) == (Forecast.State.QUEUED, 0, "")
    work_on(queued.pk)
    assert Forecast.objects.get().is_done


def test_worker_whose_clock_is_ahead_takes_nothing_from_others(
    queued: Forecast, monkeypatch: pytest.MonkeyPatch
) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has the clock of its machine.")
    taken = Forecast.objects.claim(queued.pk, database_now())
    real_now = timezone.now
    monkeypatch.setattr(timezone, "now", lambda: real_now() + timedelta(minutes=10))

    work_on(queued.pk)
    taken_up = background.sweep(now=database_now())

    row = Forecast.objects.get()
    assert taken is not None
    assert (row.state, row.attempts, taken_up) == (Forecast.State.RUNNING, 1, 0)
    assert taken.beat(0.5, database_now())


def test_second_delivery_changes_nothing(queued: Forecast) -> None:
    work_on(queued.pk)
    first = Forecast.objects.get()

    work_on(queued.pk)

    second = Forecast.objects.get()
    assert (second.finished_at, second.attempts) == (first.finished_at, first.attempts)


def test_older_question_that_is_delivered_late_is_not_the_newest(design: Design) -> None:
    facts = effective_facts("us-east-1")
    older, newer = (
        start_forecast(
            version=design.latest(),
            scenario=Scenario.from_dict({"population": {"value": users}}),
            now=NOW + timedelta(seconds=users),
            facts=facts,
        )
        for users in (1, 2)
    )

    work_on(newer.pk)
    work_on(older.pk)

    assert Forecast.objects.get(pk=older.pk).is_done
    newest = Forecast.objects.newest_of(Design.objects.filter(pk=design.pk))
    assert [row.pk for row in newest] == [newer.pk]
