"""More samples in the background: cut into slices, stopped, taken over, given up."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command
from pytest_django import DjangoCaptureOnCommitCallbacks

from apps.designs.models import Design
from apps.engine.forecast import Sampler, with_ranges
from apps.forecasts import sampling as work
from apps.forecasts.models import Forecast, SampleSlice, Sampling
from apps.forecasts.sampling import finish, start_samples, stop_samples, sweep_samples
from apps.forecasts.sampling import work_on_slice as run
from tests.forecasts.conftest import NOW, keep_forecast
from tests.forecasts.test_background import ticking

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("one_sampler")]
LATER = NOW + timedelta(seconds=61)


@pytest.fixture
def forecast(design: Design) -> Forecast:
    return keep_forecast(design, {"population": {"value": 1000}})


@pytest.fixture
def small_slices(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(work, "BUNDLES_IN_SLICE", 1)


@pytest.fixture
def asked(forecast: Forecast, small_slices: None) -> Sampling:
    """300 samples in three slices that no worker has taken yet."""
    return start_samples(forecast=forecast, now=NOW, count=300)


def slices(sampling: Sampling) -> list[SampleSlice]:
    return list(sampling.slices.all())


def state_of(sampling: Sampling) -> tuple[str, int, str]:
    sampling.refresh_from_db()
    return sampling.state, sampling.reached, sampling.reason


@pytest.mark.main_job
def test_the_ranges_of_all_samples_replace_those_of_the_forecast(
    forecast: Forecast, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        sampling = start_samples(forecast=forecast, now=NOW, count=300)

    row = Forecast.objects.get()
    assert state_of(sampling) == ("done", 300, "")
    assert row.summary["samples"] == {"count": 300, "asked": 300, "seed": 0}
    assert row.summary["holds_users"]["low"] != forecast.summary["holds_users"]["low"]
    assert (row.holds_low, row.holds_high) == (
        row.summary["holds_users"]["low"],
        row.summary["holds_users"]["high"],
    )
    assert row.holds_users == forecast.holds_users


@pytest.mark.parametrize("bundles", [1, 2, 3])
def test_however_it_is_cut_it_is_the_same_to_the_last_digit(
    forecast: Forecast, bundles: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(work, "BUNDLES_IN_SLICE", bundles)
    sampling = start_samples(forecast=forecast, now=NOW, count=300)

    for one in reversed(slices(sampling)):
        run(one.pk)

    assert Forecast.objects.get().summary == in_one_go(forecast, 300)


def in_one_go(forecast: Forecast, count: int) -> dict[str, Any]:
    sampler = work._sampler(Sampling(forecast=forecast, count=count))
    drawn = sampler.run(0)
    for bundle in range(1, sampler.bundles):
        drawn += sampler.run(bundle)
    return with_ranges(forecast.summary, sampler.ranges(drawn))


def test_a_slice_that_runs_twice_changes_nothing(asked: Sampling) -> None:
    for one in slices(asked):
        run(one.pk)
    once = Forecast.objects.get().summary

    for one in slices(asked):
        run(one.pk)
    finish(asked.pk)

    assert Forecast.objects.get().summary == once


def test_asking_twice_hands_out_once(
    forecast: Forecast, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    with django_capture_on_commit_callbacks() as first:
        start_samples(forecast=forecast, now=NOW)
    with django_capture_on_commit_callbacks() as second:
        start_samples(forecast=forecast, now=NOW)

    # 2,000 samples are 16 bundles of 128, four in a slice.
    assert (len(first), len(second)) == (4, 0)
    assert Sampling.objects.count() == 1


def test_stop_keeps_whole_bundles_and_says_how_many(asked: Sampling) -> None:
    first, second, third = slices(asked)
    run(first.pk)
    run(second.pk)

    stop_samples(sampling=asked, now=NOW)
    finish(asked.pk)

    assert state_of(asked) == ("done", 256, "")
    assert Forecast.objects.get().summary["samples"] == {"count": 256, "asked": 300, "seed": 0}
    third.refresh_from_db()
    assert (third.state, third.done) == ("done", 0)


def test_a_running_slice_hears_stop_and_keeps_its_bundles(
    forecast: Forecast, monkeypatch: pytest.MonkeyPatch
) -> None:
    sampling = start_samples(forecast=forecast, now=NOW, count=600)
    first, second = slices(sampling)
    clock = ticking(NOW, 2)
    bundle_of = Sampler.run

    def stop_after_two(self: Sampler, bundle: int) -> Any:
        drawn = bundle_of(self, bundle)
        if bundle == 1:
            stop_samples(sampling=sampling, now=NOW)
        return drawn

    monkeypatch.setattr(Sampler, "run", stop_after_two)
    run(first.pk, clock=lambda: next(clock))

    assert state_of(sampling) == ("done", 256, "")
    assert not SampleSlice.objects.exclude(state="done").exists()
    assert SampleSlice.objects.get(pk=second.pk).done == 0


def test_what_was_stopped_goes_on_where_it_ended(asked: Sampling, forecast: Forecast) -> None:
    first, second, _ = slices(asked)
    run(first.pk)
    run(second.pk)
    stop_samples(sampling=asked, now=NOW)
    finish(asked.pk)

    start_samples(forecast=forecast, now=LATER)

    waiting = [one for one in slices(asked) if one.state == "queued"]
    assert len(waiting) == 1
    going = Sampling.objects.with_progress().get()
    # What was done before tells nothing of the pace.
    assert going.share == pytest.approx(256 / 300)
    assert going.seconds_left(LATER) is None
    run(waiting[0].pk)
    assert state_of(asked) == ("done", 300, "")
    assert Forecast.objects.get().summary == in_one_go(forecast, 300)


def test_stopped_before_there_was_more_leaves_the_forecast_as_it_is(
    asked: Sampling,
    forecast: Forecast,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        stop_samples(sampling=asked, now=NOW)

    state, reached, reason = state_of(asked)
    assert (state, reached) == ("failed", 0)
    assert "stopped before more samples were done" in reason
    assert Forecast.objects.get().summary == forecast.summary


def test_only_one_worker_gets_a_slice(asked: Sampling) -> None:
    one = slices(asked)[0]

    assert SampleSlice.objects.claim(one.pk, NOW) is not None
    assert SampleSlice.objects.claim(one.pk, NOW + timedelta(seconds=59)) is None


def test_what_a_dead_worker_left_is_taken_over(asked: Sampling) -> None:
    one = slices(asked)[0]
    dead = SampleSlice.objects.claim(one.pk, NOW)

    heir = SampleSlice.objects.claim(one.pk, LATER)

    assert dead is not None
    assert heir is not None
    # Should the first one wake again, its word counts no more.
    assert not dead.beat(5, LATER)
    dead.keep({}, 0)
    one.refresh_from_db()
    assert one.state == "running"
    assert heir.beat(5, LATER)


def test_sweep_takes_up_what_was_missed(
    asked: Sampling, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("sweep")

    assert state_of(asked)[0] == "done"
    assert "3 forecasts taken up or given up" in capsys.readouterr().out


def test_sweep_puts_together_what_nobody_did(asked: Sampling) -> None:
    for one in slices(asked):
        SampleSlice.objects.filter(pk=one.pk).update(attempts=1, state="running")
        claimed = SampleSlice.objects.get(pk=one.pk)
        sampler = work._sampler(asked)
        drawn = sampler.run(one.first_bundle)
        claimed.keep(drawn.to_dict(), len(drawn))

    assert sweep_samples(now=NOW + timedelta(seconds=30)) == 0
    assert sweep_samples(now=LATER) == 1
    assert state_of(asked) == ("done", 300, "")


def test_after_three_attempts_it_is_given_up_with_a_reason(asked: Sampling) -> None:
    one, now = slices(asked)[0], NOW
    for _ in range(3):
        assert SampleSlice.objects.claim(one.pk, now)
        now += timedelta(seconds=61)
    SampleSlice.objects.exclude(pk=one.pk).update(state="done")

    assert sweep_samples(now=now) == 1
    state, _, reason = state_of(asked)
    assert state == "failed"
    assert "tried three times" in reason


def test_our_own_fault_is_logged_and_said(
    asked: Sampling, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: Any, **__: Any) -> Iterator[None]:
        raise ZeroDivisionError("oh")

    monkeypatch.setattr(work, "sampler_of", fail)

    run(slices(asked)[0].pk)

    state, _, reason = state_of(asked)
    assert (state, reason.split(".")[0]) == (
        "failed",
        "Headroom failed on this design; the fault is logged",
    )
    assert "ZeroDivisionError: oh" in caplog.text


def test_prices_that_have_changed_end_it_with_a_reason(asked: Sampling) -> None:
    Forecast.objects.update(inputs_sha256="0" * 64)

    run(slices(asked)[0].pk)

    assert "Prices or quotas have changed" in state_of(asked)[2]


def test_the_time_left_follows_the_pace(asked: Sampling) -> None:
    one = slices(asked)[0]
    SampleSlice.objects.filter(pk=one.pk).update(done=100)

    going = Sampling.objects.with_progress().get()

    assert going.seconds_left(NOW + timedelta(seconds=10)) == 20.0
