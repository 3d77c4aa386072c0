from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.core.management import CommandError, call_command

from apps.engine.stages.erlang import erlang_b
from apps.forecasts.simulating import MOST_AT_ONCE, MOST_REQUESTS

ROOT = Path(__file__).resolve().parents[2]
Run = Callable[..., str]
README = ("--rate", 0.9, "--warm-s", 1.991, "--cold-s", 2.244, "--idle-limit-s", 600)


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    def call(*arguments: object) -> str:
        call_command("simulate", *[str(argument) for argument in arguments])
        return capsys.readouterr().out

    return call


def body(run: Run, *arguments: object) -> dict[str, Any]:
    answer: dict[str, Any] = json.loads(run(*arguments, "--format", "json"))
    return answer


def test_it_answers_in_json_as_promised(run: Run) -> None:
    answer = body(run, *README, "--max-concurrency", 1000, "--duration-s", 1e6, "--seed", 7)

    assert answer["schema"] == "headroom/simulate/1"
    assert answer["requests"] == pytest.approx(900_000, rel=0.005)
    assert answer["cold_start_share"] == pytest.approx(0.00133, rel=0.10)
    assert answer["mean_environments"] == pytest.approx(7.69, rel=0.02)
    assert answer["mean_busy"] == pytest.approx(1.792, rel=0.02)
    assert answer["refused_share"] == 0.0
    assert answer["latency_ms"]["p50"] == pytest.approx(1991 * np.log(2), rel=0.01)
    assert answer["latency_ms"]["p99"] == pytest.approx(1991 * np.log(100), rel=0.02)
    assert answer["seed"] == 7


def test_the_limit_refuses(run: Run) -> None:
    answer = body(run, "--rate", 100, "--warm-s", 1, "--idle-limit-s", 600,
                  "--max-concurrency", 100, "--duration-s", 20_000)  # fmt: skip

    assert answer["refused_share"] == pytest.approx(float(erlang_b(100.0, 100)), rel=0.03)
    assert answer["mean_environments"] <= 100.0


def test_without_an_idle_limit_it_is_lambda_as_measured(run: Run) -> None:
    answer = body(run, "--rate", 0.02, "--warm-s", 2, "--duration-s", 2e6)
    single = body(run, "--rate", 0.02, "--warm-s", 2, "--duration-s", 2e6, "--idle-limit-s", 640)

    assert answer["life"]["others_s"] > answer["life"]["last_s"] == 640.0
    assert "pacslab" in answer["life"]["source"]
    assert answer["mean_environments"] != single["mean_environments"]


def test_lambda_makes_a_thousand_environments_in_ten_seconds(run: Run, tmp_path: Path) -> None:
    trace = tmp_path / "burst.txt"
    trace.write_text("0.5\n" * 3000)
    arguments = ("--trace", trace, "--warm-s", 5, "--max-concurrency", 5000)

    assert body(run, *arguments)["refused"] == 2000
    assert body(run, *arguments, "--idle-limit-s", 600)["refused"] == 0
    assert body(run, *arguments, "--idle-limit-s", 600, "--ramp", 500)["refused"] == 2500


def test_a_trace_and_constant_durations_can_be_done_by_hand(run: Run, tmp_path: Path) -> None:
    trace = tmp_path / "times.txt"
    trace.write_text("0\n1\n10\n30\n")

    answer = body(run, "--trace", trace, "--warm-s", 2, "--cold-s", 3, "--idle-limit-s", 10,
                  "--service", "constant", "--duration-s", 40)  # fmt: skip

    # Cold at 0 and 1; warm at 10, from 4 on idle; cold again at 30, after 18 s.
    assert (answer["requests"], answer["cold_starts"]) == (4, 3)
    assert answer["mean_busy"] == pytest.approx((3 + 3 + 2 + 3) / 40)
    # One from 1 to 22, one from 0 to 13, one from 30 to 40, which is the end.
    assert answer["mean_environments"] == pytest.approx((21 + 13 + 10) / 40)
    assert answer["latency_ms"]["max"] == 3000.0


def test_theory_stands_beside_it(run: Run) -> None:
    text = run(*README, "--exact", "--duration-s", 50_000)

    assert "In theory          0.1329% cold starts, 7.6919 environments" in text
    assert max(len(line) for line in text.splitlines()) <= 80


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "either --rate, or --trace"),
        (("--rate", 1, "--trace", "x"), "either --rate, or --trace"),
        (("--rate", 0), "--rate must be more than 0"),
        (("--rate", -1), "--rate must be more than 0"),
        (("--rate", "nan"), "--rate must be a finite number"),
        (("--rate", 1, "--warm-s", "inf"), "--warm-s must be a finite number"),
        (("--rate", 1, "--cold-s", 0), "--cold-s must be more than 0"),
        (("--rate", 1, "--idle-limit-s", -1), "--idle-limit-s must be at least 0"),
        (("--rate", 1, "--max-concurrency", 2 * MOST_AT_ONCE), "at most 1,000,000"),
        (("--rate", MOST_REQUESTS), f"at most {MOST_REQUESTS:,} are simulated"),
        (("--rate", 1, "--seed", -1), "--seed must be at least 0"),
        (("--rate", 1, "--life", "1,2"), "three times in seconds"),
        (("--rate", 1, "--life", "1,2,x"), "three times in seconds"),
        (("--rate", 1, "--life", "1,2,3", "--idle-limit-s", 5), "not both"),
        (("--trace", "missing.txt"), "no such file"),
        (("--trace", ROOT), "is a directory"),
        (("--trace", ROOT / "manage.py"), "one time in seconds a line"),
        (("--rate", 1, "--exact"), "--exact needs --rate and --idle-limit-s"),
    ],
)
def test_wrong_input_exits_with_2_and_a_sentence(
    run: Run, arguments: tuple[object, ...], message: str
) -> None:
    with pytest.raises(CommandError, match=message) as caught:
        run(*arguments)

    assert caught.value.returncode == 2


@pytest.mark.parametrize("text", ["", "2\n1\n", "-1\n", "nan\n"])
def test_a_trace_that_is_none_is_refused(run: Run, text: str, tmp_path: Path) -> None:
    trace = tmp_path / "times.txt"
    trace.write_text(text)

    with pytest.raises(CommandError, match=r"times\.txt: ") as caught:
        run("--trace", trace)

    assert caught.value.returncode == 2


def test_it_needs_no_database_and_no_variable() -> None:
    done = subprocess.run(
        [sys.executable, "manage.py", "simulate", "--rate", "1", "--format", "json"],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "PGHOST": "nowhere.invalid"},
        capture_output=True,
        text=True,
        check=True,
    )

    assert json.loads(done.stdout)["requests"] > 80_000


def test_one_request_a_day_and_an_idle_limit_of_nothing(run: Run) -> None:
    assert body(run, "--rate", 1e-300)["requests"] == 0
    assert (
        body(run, "--rate", 5, "--idle-limit-s", 0, "--duration-s", 100)["cold_start_share"] == 1.0
    )
    assert (
        body(run, "--rate", 5, "--max-concurrency", 0, "--duration-s", 100)["refused_share"] == 1.0
    )
