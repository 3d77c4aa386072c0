from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.core.management import CommandError, call_command

from apps.engine.requests.life_estimate import Use, fit_life
from apps.engine.stages.mru.life import MEASURED, Life
from apps.engine.stages.mru.rules import Rules
from apps.forecasts.lambda_logs import UnreadableLog, read_reports
from tests.engine.stages.mru.searched import searched_pool

Run = Callable[..., str]
KNOWN = Life(last_s=300.0, others_s=450.0, max_age_s=2000.0)
WARM_S, INIT_S = 1.2, 0.35
BEGIN_S = 1_790_000_000.0


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    def call(*arguments: object) -> str:
        call_command("estimate_life", *[str(argument) for argument in arguments])
        return capsys.readouterr().out

    return call


def uses_of(life: Life, seed: int, count: int) -> list[Use]:
    """Simulate a function that is quiet for a time, then busy, then quiet again."""
    chance = np.random.default_rng(seed)
    rates = np.repeat([0.004, 0.06, 0.4, 0.004], count // 4)
    times = BEGIN_S + np.cumsum(chance.exponential(1.0 / rates))
    warm = chance.lognormal(np.log(WARM_S), 0.1, len(times))
    seen = searched_pool(times, warm, warm + INIT_S, Rules(life))
    cold = set(seen.cold)
    return [
        Use(start, start + lasts, i in cold, f"2026/09/21/[$LATEST]{number:032x}",
            INIT_S if i in cold else 0.0)
        for i, (start, lasts, number) in enumerate(
            zip(times.tolist(), seen.durations, seen.served_by, strict=True))
    ]  # fmt: skip


def report(use: Use, number: int) -> str:
    took_ms = 1000.0 * (use.end_s - use.start_s - use.init_s)
    init = f"\tInit Duration: {1000.0 * use.init_s:.2f} ms" if use.is_cold else ""
    return (
        f"REPORT RequestId: {number:08x}-aaaa-4bbb-8ccc-123456789012\tDuration: {took_ms:.2f} ms\t"
        f"Billed Duration: {took_ms:.0f} ms\tMemory Size: 128 MB\tMax Memory Used: 70 MB{init}\t"
    )


def iso(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds")


def as_lines(uses: list[Use]) -> Iterator[str]:
    for number, use in enumerate(uses):
        yield f"{iso(use.end_s)} {use.environment} START RequestId: {number}\n"
        yield f"{iso(use.end_s)} {use.environment} {report(use, number)}\n"


def as_events(uses: list[Use]) -> list[dict[str, Any]]:
    return [
        {
            "logStreamName": use.environment,
            "timestamp": round(1000 * use.end_s),
            "message": report(use, number),
        }
        for number, use in enumerate(uses)
    ]


FORMS: dict[str, Callable[[list[Use]], str]] = {
    "text": lambda uses: "".join(as_lines(uses)),
    "json": lambda uses: json.dumps({"events": as_events(uses)}, indent=1),
    "json lines": lambda uses: "\n".join(json.dumps(event) for event in as_events(uses)),
    "csv": lambda uses: "@timestamp,@logStream,@message\n" + "\n".join(
        f'{iso(use.end_s)},{use.environment},"{report(use, number)}"'
        for number, use in enumerate(uses)
    ),
}  # fmt: skip


@pytest.mark.parametrize("form", FORMS)
def test_a_known_life_is_found_again(run: Run, form: str, tmp_path: Path) -> None:
    path = tmp_path / "log.txt"
    path.write_text(FORMS[form](uses_of(KNOWN, 1, 8_000)))

    body = json.loads(run(path, "--format", "json"))

    assert body["schema"] == "headroom/life/1"
    assert body["requests"] == 8_000
    for name, truth in (("last_s", 300.0), ("others_s", 450.0), ("max_age_s", 2000.0)):
        one = body["life"][name]
        assert one["value"] == pytest.approx(truth, rel=0.03)
        assert one["confidence"] == "measured"
        assert one["contrary"] <= 2
        assert "8,000 REPORT lines, 2026-" in one["source"]
    assert body["init_s"]["mean"] == pytest.approx(INIT_S, rel=1e-3)
    assert body["warm_s"]["median"] == pytest.approx(WARM_S, rel=0.02)
    assert body["warm_s"]["cv"] == pytest.approx(0.1, rel=0.05)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize(
    "life", [Life(120.0, 500.0, 1500.0), Life(640.0, 900.0, 7300.0), Life(200.0, 200.0)]
)
def test_other_lives_are_found_too(life: Life, seed: int) -> None:
    fitted = fit_life(uses_of(life, seed, 8_000))

    assert fitted.last.value_s == pytest.approx(life.last_s, rel=0.05)
    assert fitted.others.value_s == pytest.approx(life.others_s, rel=0.05)
    if np.isinf(life.max_age_s):
        assert fitted.max_age.value_s is None
    else:
        assert fitted.max_age.value_s == pytest.approx(life.max_age_s, rel=0.05)


def test_logs_without_streams_still_say_most(run: Run, tmp_path: Path) -> None:
    events = as_events(uses_of(KNOWN, 2, 8_000))
    path = tmp_path / "log.json"
    path.write_text(json.dumps([event | {"logStreamName": ""} for event in events]))

    body = json.loads(run(path, "--format", "json"))

    assert body["environments"] is None
    assert body["life"]["last_s"]["value"] == pytest.approx(300.0, rel=0.05)


def test_what_the_log_does_not_show_is_assumed(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "log.txt"
    path.write_text("".join(as_lines(uses_of(KNOWN, 3, 8_000)[:3])))

    text = run(path)

    assert "not seen here, as measured by others" in text
    assert f"--life {MEASURED.last_s:.0f},{MEASURED.others_s:.0f}" in text
    assert max(len(line) for line in text.splitlines()) <= 80


def test_it_reads_standard_input(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = "".join(as_lines(uses_of(KNOWN, 4, 400)))
    monkeypatch.setattr("sys.stdin", io.StringIO(lines))

    assert "400 requests" in run("-")


def test_a_line_says_end_and_duration_and_start() -> None:
    line = (
        "2026-09-21T10:00:05.500Z 2026/09/21/[$LATEST]abc REPORT RequestId: 1-2 "
        "Duration: 1500.00 ms Billed Duration: 1900 ms Memory Size: 128 MB "
        "Max Memory Used: 70 MB Init Duration: 400.00 ms"
    )

    (seen,) = read_reports([line, line])

    assert (seen.duration_s, seen.init_s, seen.stream) == (1.5, 0.4, "2026/09/21/[$LATEST]abc")
    assert seen.use.start_s == pytest.approx(seen.end_s - 1.9)
    assert seen.use.is_cold


def test_a_start_from_a_snapshot_is_cold_too() -> None:
    line = (
        "1790000000000 REPORT RequestId: a Duration: 10.00 ms Billed Duration: 20 ms "
        "Restore Duration: 250.00 ms Billed Restore Duration: 60 ms"
    )

    (seen,) = read_reports([line])

    assert (seen.duration_s, seen.init_s) == (0.01, 0.25)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "no REPORT line"),
        ("hello\nworld", "no REPORT line"),
        ("REPORT RequestId: a Duration: 5.00 ms", "none with a time"),
        ("{", "neither JSON nor JSON lines"),
        ('{"events": 5}', "no REPORT line"),
        ("[1, 2, null]", "no REPORT line"),
        ("2026-99-99T10:00:00Z REPORT RequestId: a Duration: 5.00 ms", "none with a time"),
    ],
)
def test_what_is_no_log_is_refused(run: Run, text: str, message: str, tmp_path: Path) -> None:
    path = tmp_path / "log.txt"
    path.write_text(text)

    with pytest.raises(CommandError, match=message) as caught:
        run(path)

    assert caught.value.returncode == 2
    with pytest.raises(UnreadableLog):
        read_reports(text.splitlines(keepends=True))


def test_a_file_that_is_not_there_is_refused(run: Run) -> None:
    with pytest.raises(CommandError, match="no such file") as caught:
        run("missing.log")

    assert caught.value.returncode == 2
