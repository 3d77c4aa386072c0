"""The options of a command that say what is asked: who comes, where, and at which prices."""

from __future__ import annotations

import sys
import time
from argparse import ArgumentParser
from collections.abc import Callable
from pathlib import Path
from typing import Any

from apps.engine.catalog.base import InvalidSetting
from apps.engine.facts import Facts, UnknownFact
from apps.engine.fluid.model import SyncCycle
from apps.engine.formats import UnreadableInput
from apps.engine.graph import InvalidArchitecture
from apps.engine.traffic.reading import InvalidScenario
from apps.engine.traffic.scenario import Scenario
from apps.facts.reader import DATA, facts_from, regions
from apps.facts.rows import BadFact
from apps.forecasts.scenarios.asked import UNITS, asked_scenario
from apps.forecasts.scenarios.file import scenario_file_at

# A person waits in silence for so long; then progress is shown.
PATIENCE_S = 1.0
# What the person who called can mend.
REFUSALS = (
    UnreadableInput,
    InvalidScenario,
    InvalidSetting,
    InvalidArchitecture,
    SyncCycle,
    UnknownFact,
    BadFact,
)


def add_question(parser: ArgumentParser) -> None:
    """Add the options from which `scenario_from` and `facts_of` are answered."""
    parser.add_argument("--users", type=float, metavar="N", help="how many users come")
    parser.add_argument("--users-unit", choices=UNITS, default="daily", help="default: daily")
    parser.add_argument("--scenario", type=Path, metavar="FILE.json")
    parser.add_argument("--region", metavar="R", help="default: the scenario's, or us-east-1")
    parser.add_argument(
        "--usage", type=Path, metavar="infracost-usage.yml", help="what is known of a month"
    )
    parser.add_argument("--facts", type=Path, metavar="DIR", default=DATA)


def scenario_from(options: dict[str, Any]) -> Scenario:
    """Return the scenario of the options. Raises InvalidScenario."""
    return asked_scenario(
        scenario_file_at(options["scenario"]) if options["scenario"] else {},
        users=options["users"],
        unit=options["users_unit"],
        region=options["region"],
        hint="--users 10000",
    )


def facts_of(directory: Path, region: str) -> Facts:
    """Return the packaged facts of a Region. Raises UnknownFact where there are none."""
    known = regions(directory)
    if region not in known:
        raise UnknownFact(f"There are no prices for '{region}', only for {', '.join(known)}.")
    return facts_from(directory, region)


def progress_line(what: str = "Forecast") -> Callable[[float], bool]:
    """Return a progress callback that speaks on stderr once a run takes over a second."""
    start = time.monotonic()

    def progress(share: float) -> bool:
        if time.monotonic() - start > PATIENCE_S:
            end = "\n" if share >= 1.0 else ""
            sys.stderr.write(f"\r{what}: {100 * share:3.0f}%{end}")
            sys.stderr.flush()
        return True

    return progress
