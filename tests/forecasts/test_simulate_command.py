from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

ROOT = Path(__file__).resolve().parents[2]


def simulate(*arguments: str, capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    call_command("simulate", *arguments, "--format", "json")
    answer: dict[str, Any] = json.loads(capsys.readouterr().out)
    return answer


README = (
    *("--rate", "0.9", "--warm-s", "1.991", "--cold-s", "2.244", "--idle-limit-s", "600"),
    *("--max-concurrency", "1000", "--duration-s", "1000000"),
)


def test_a_published_case_is_met(capsys: pytest.CaptureFixture[str]) -> None:
    answer = simulate(*README, "--seed", "7", capsys=capsys)

    assert answer["schema"] == "headroom/simulate/1"
    assert answer["requests"] == pytest.approx(900_000, rel=0.005)
    assert answer["cold_start_share"] == pytest.approx(0.00133, rel=0.15)
    assert answer["refused_share"] == 0.0
    assert answer["mean_environments"] == pytest.approx(7.6919, rel=0.01)
    assert answer["mean_busy"] == pytest.approx(1.7919, rel=0.01)
    assert answer["latency_ms"]["p50"] == pytest.approx(1991 * 0.6931, rel=0.01)
    assert answer["latency_ms"]["p99"] == pytest.approx(1991 * 4.6052, rel=0.02)
    assert answer["exact"]["mean_environments"] == pytest.approx(7.6919335)
    assert answer["seed"] == 7


def test_same_seed_same_answer(capsys: pytest.CaptureFixture[str]) -> None:
    asked = ("--rate", "5", "--warm-s", "0.2", "--duration-s", "20000")

    one, other = (simulate(*asked, "--seed", "3", capsys=capsys) for _ in range(2))

    assert one == other
    assert simulate(*asked, "--seed", "4", capsys=capsys) != one


def test_limit_refuses_as_erlang_b_says(capsys: pytest.CaptureFixture[str]) -> None:
    answer = simulate(
        *("--rate", "50", "--warm-s", "2", "--cold-s", "2", "--idle-limit-s", "600"),
        *("--max-concurrency", "100", "--duration-s", "40000"),
        capsys=capsys,
    )

    assert answer["refused_share"] == pytest.approx(0.0757, rel=0.03)
    assert answer["exact"] is None


def test_a_rush_is_held_back_by_the_ramp(capsys: pytest.CaptureFixture[str]) -> None:
    rush = (
        *("--rate", "2000", "--warm-s", "5", "--cold-s", "5", "--max-concurrency", "50000"),
        *("--duration-s", "30"),
    )

    held = simulate(*rush, capsys=capsys)
    free = simulate(*rush, "--ramp", "0", capsys=capsys)

    assert held["refused_share"] > 0.3
    assert free["refused_share"] == 0.0


def test_without_an_idle_limit_the_measured_life_counts(
    capsys: pytest.CaptureFixture[str],
) -> None:
    answer = simulate("--duration-s", "1000", capsys=capsys)

    assert answer["life"]["last_s"] < answer["life"]["others_s"]
    assert "github.com/pacslab/simfaas" in answer["life"]["source"]


def test_trace_is_replayed(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    trace = tmp_path / "trace.txt"
    trace.write_text("# seconds\n0\n10\n20\n1000\n1001\n")

    answer = simulate(
        *("--trace", str(trace), "--service", "constant", "--warm-s", "1", "--cold-s", "2"),
        *("--idle-limit-s", "60"),
        capsys=capsys,
    )

    # The first is cold, the one after the silence, and the one that comes beside it.
    assert (answer["requests"], answer["cold_starts"]) == (5, 3)


def test_text_says_it_in_words(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("simulate", *README[:8], "--duration-s", "20000")

    text = capsys.readouterr().out
    assert "environments" in text
    assert "in theory" in text
    assert "seed 1" in text


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--rate", "-1"), "--rate must be"),
        (("--rate", "nan"), "--rate must be"),
        (("--warm-s", "0"), "--warm-s must be"),
        (("--max-concurrency", "0"), "--max-concurrency must be"),
        (("--rate", "1e6", "--duration-s", "1e6"), "would take minutes"),
        (("--seed", "-1"), "--seed must be"),
        (("--trace", "nowhere.txt"), "cannot be read"),
        (("--life", "1,2"), "three times in seconds"),
        (("--life", "1,2,soon"), "three times in seconds"),
        (("--life", "1,2,-3"), "three times in seconds"),
        (("--life", "1,2,3", "--idle-limit-s", "5"), "not both"),
    ],
)
def test_bad_question_is_refused_with_a_sentence(arguments: tuple[str, ...], sentence: str) -> None:
    with pytest.raises(CommandError, match=sentence) as refused:
        call_command("simulate", *arguments)

    assert refused.value.returncode == 2


def test_a_life_of_ones_own(capsys: pytest.CaptureFixture[str]) -> None:
    asked = ("--rate", "0.02", "--warm-s", "2", "--duration-s", "1000000")

    own = simulate(*asked, "--life", "60,60,inf", capsys=capsys)
    single = simulate(*asked, "--idle-limit-s", "60", capsys=capsys)

    assert own["cold_starts"] == single["cold_starts"]
    assert own["life"]["max_age_s"] is None
    assert own["cold_starts"] > simulate(*asked, capsys=capsys)["cold_starts"]


def test_trace_of_words_is_refused(tmp_path: Path) -> None:
    trace = tmp_path / "trace.txt"
    trace.write_text("soon\nlater\n")

    with pytest.raises(CommandError, match="one arrival time in seconds a line"):
        call_command("simulate", "--trace", str(trace))


def test_it_needs_no_environment() -> None:
    done = subprocess.run(
        [sys.executable, "manage.py", "simulate", "--duration-s", "100"],
        cwd=ROOT,
        env={"DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none"},
        capture_output=True,
        text=True,
        timeout=60,
    )

    assert done.returncode == 0, done.stderr
    assert "environments" in done.stdout


SHOP = ROOT / "apps/forecasts/demo/web-shop.yaml"


def test_busiest_minute_of_a_design_stands_beside_its_flows(
    capsys: pytest.CaptureFixture[str],
) -> None:
    answer = simulate(str(SHOP), "--users", "20000", "--seed", "3", capsys=capsys)

    assert answer["schema"] == "headroom/simulate-design/1"
    assert answer["seed"] == 3
    assert len(answer["minute"]) == 5
    entry = answer["latency_ms"][0]
    door = next(s for s in answer["stages"] if s["component"] == entry["component"])
    requests = door["offered"]["requests"]
    assert requests > 100
    assert door["offered"]["flows"] == pytest.approx(requests, abs=4.0 * requests**0.5)
    assert 0.8 < entry["p50"]["flows"] / entry["p50"]["requests"] < 1.25


def test_busiest_minute_is_told_in_80_columns(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("simulate", str(SHOP), "--users", "20000")

    lines = capsys.readouterr().out.splitlines()
    assert "the busiest minute" in lines[0]
    assert max(map(len, lines)) <= 80


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        (("--users", "900000000"), "one by one"),
        ((), "how many users"),
        (("--users", "10", "--seed", "-1"), "--seed"),
    ],
)
def test_a_design_that_cannot_be_simulated_is_refused(
    asked: tuple[str, ...], sentence: str
) -> None:
    with pytest.raises(CommandError, match=sentence) as refused:
        call_command("simulate", str(SHOP), *asked)

    assert refused.value.returncode == 2
