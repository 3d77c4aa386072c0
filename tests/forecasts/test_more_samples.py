"""`--samples`: more joint samples in the terminal, and what is left after Ctrl-C."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from apps.engine.forecast import Drawn, Sampler
from apps.forecasts.rendering.text import as_text
from tests.forecasts.answers import summary
from tests.forecasts.test_forecast_command import SHOP


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[dict[str, Any], str]:
    """Return the answer and what was said beside it."""
    call_command("forecast", str(SHOP), "--users", "2000", "--format", "json", *arguments)
    said = capsys.readouterr()
    return json.loads(said.out), said.err


def test_more_samples_replace_the_ranges_and_nothing_else(
    capsys: pytest.CaptureFixture[str],
) -> None:
    few, _ = run(capsys)
    many, said = run(capsys, "--samples", "300")

    assert few["samples"] == {"count": 128, "asked": 128, "seed": 0}
    assert many["samples"] == {"count": 300, "asked": 300, "seed": 0}
    assert many["holds_users"]["expected"] == few["holds_users"]["expected"]
    assert many["holds_users"]["low"] != few["holds_users"]["low"]
    assert many["cost"]["high"] != few["cost"]["high"]
    assert many["curve"] == few["curve"]
    assert "Samples: 256 of 300" in said


def test_the_same_number_gives_the_same_ranges(capsys: pytest.CaptureFixture[str]) -> None:
    first, _ = run(capsys, "--samples", "200")
    again, _ = run(capsys, "--samples", "200")

    assert again == first


def test_ctrl_c_keeps_what_was_reached(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    run_bundle = Sampler.run

    def until_ctrl_c(self: Sampler, bundle: int) -> Drawn:
        if self.count > 128 and bundle == 2:
            raise KeyboardInterrupt
        return run_bundle(self, bundle)

    monkeypatch.setattr(Sampler, "run", until_ctrl_c)

    body, said = run(capsys, "--samples", "2000")

    assert body["samples"] == {"count": 256, "asked": 2000, "seed": 0}
    assert "low and high are those of 256 samples of 2,000" in said


def test_ctrl_c_before_the_first_bundle_leaves_the_forecast_as_it_is(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    run_bundle = Sampler.run

    def at_once(self: Sampler, bundle: int) -> Drawn:
        if self.count > 128:
            raise KeyboardInterrupt
        return run_bundle(self, bundle)

    monkeypatch.setattr(Sampler, "run", at_once)

    body, said = run(capsys, "--samples", "2000")

    assert body["samples"]["count"] == 128
    assert "low and high are those of 128 samples" in said


@pytest.mark.parametrize("count", ["99", "0", "-5", "1e3", "many", "100001"])
def test_a_wrong_number_is_refused_with_what_would_work(count: str) -> None:
    with pytest.raises(CommandError, match="say 100 to 100,000"):
        call_command("forecast", str(SHOP), "--users", "2000", f"--samples={count}")


def test_the_text_says_what_moves_the_bill_and_how_many_samples_say_so() -> None:
    text = as_text(summary(samples={"count": 640, "asked": 2000, "seed": 0}))

    assert "\nMoves the cost" in text
    assert "P10 and P90 of 640 joint samples of 2,000" in text
