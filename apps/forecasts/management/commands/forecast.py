"""Say how many users a template's design holds, what breaks first, and what it costs."""

from __future__ import annotations

import json
import sys
import time
from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from apps.engine.catalog.base import InvalidSetting
from apps.engine.facts import Facts, UnknownFact
from apps.engine.fluid.model import SyncCycle
from apps.engine.forecast import forecast, summary_of
from apps.engine.formats import UnreadableInput
from apps.engine.graph import Architecture, InvalidArchitecture
from apps.engine.traffic.reading import InvalidScenario
from apps.engine.traffic.scenario import Scenario
from apps.facts.reader import DATA, facts_from, regions
from apps.facts.rows import BadFact
from apps.forecasts.more_samples import FEWEST, MOST, summary_with_samples
from apps.forecasts.old_facts import with_old_facts
from apps.forecasts.rendering.markdown import as_markdown
from apps.forecasts.rendering.text import as_text
from apps.forecasts.scenarios.file import MAX_BYTES, read_scenario_file
from apps.forecasts.template_files import read_paths

UNITS = {
    "daily": "daily_active",
    "monthly": "monthly_active",
    "registered": "registered",
    "concurrent": "concurrent",
    "seats": "seats",
    "devices": "devices",
}
# A person waits in silence for so long; then progress is shown.
PATIENCE_S = 1.0
GATE_NOT_MET = 3
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


class Command(BaseCommand):
    help = __doc__ or ""
    # It reads files only: no database, no settings of a deployment.
    requires_system_checks: list[str] = []
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
        parser.add_argument("--users", type=float, metavar="N", help="how many users come")
        parser.add_argument("--users-unit", choices=UNITS, default="daily", help="default: daily")
        parser.add_argument("--scenario", type=Path, metavar="FILE.json")
        parser.add_argument("--region", metavar="R", help="default: the scenario's, or us-east-1")
        parser.add_argument("--format", choices=("text", "json", "markdown"), default="text")
        parser.add_argument(
            "--samples", type=sample_count, metavar="N", help="joint samples for low and high"
        )
        parser.add_argument("--facts", type=Path, metavar="DIR", default=DATA)
        parser.add_argument("--min-headroom", type=float, metavar="X", help="exit 3 below")
        parser.add_argument("--max-monthly-usd", type=float, metavar="X", help="exit 3 above")

    def execute(self, *args: Any, **options: Any) -> str | None:
        try:
            return super().execute(*args, **options)
        except CommandError:
            raise
        # The edge of the program: whatever went wrong, a pipeline gets a sentence and a status.
        except Exception as error:
            if options["traceback"]:
                raise
            raise CommandError(
                f"Headroom failed on this input, which is its own fault: {type(error).__name__}: "
                f"{error}. Run it again with --traceback to see where."
            ) from error

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            scenario = scenario_from(options)
            facts = facts_of(options["facts"].resolve(), scenario.region)
            architecture = read_paths(options["files"])
            answer = forecast(architecture, scenario, facts, progress=progress_line())
        except REFUSALS as refusal:
            raise CommandError(str(refusal), returncode=2) from refusal
        count = options["samples"]
        made = summary_with_samples(answer, count) if count else summary_of(answer)
        summary = with_old_facts(made, facts, timezone.localdate())
        self.stdout.write(written(summary, options["format"], places_in(architecture)))
        failed = gates_not_met(summary, options["min_headroom"], options["max_monthly_usd"])
        if failed:
            raise CommandError(" ".join(failed), returncode=GATE_NOT_MET)


def sample_count(text: str) -> int:
    """Return a number of samples. Raises ArgumentTypeError with what would work."""
    if not (text.isdecimal() and FEWEST <= int(text) <= MOST):
        raise ArgumentTypeError(f"{text!r} samples: say {FEWEST} to {MOST:,} as a whole number.")
    return int(text)


def written(summary: dict[str, Any], form: str, places: Mapping[str, str]) -> str:
    """Return the forecast in the form asked for."""
    if form == "json":
        return json.dumps(summary, indent=2, ensure_ascii=False, allow_nan=False)
    return as_markdown(summary, places) if form == "markdown" else as_text(summary, places)


def places_in(architecture: Architecture) -> dict[str, str]:
    """Return the file's name and the line of every component that a template defines."""
    return {
        component.id: f"{Path(component.source.file).name}:{component.source.line}"
        for component in architecture
        if component.source is not None
    }


def scenario_from(options: dict[str, Any]) -> Scenario:
    """Return the scenario of the options. Raises InvalidScenario."""
    body = _scenario_file(options["scenario"]) if options["scenario"] else {}
    if options["users"] is not None:
        people = dict(body.get("population") or {})
        people |= {"unit": UNITS[options["users_unit"]], "value": options["users"]}
        body = {**body, "population": people}
    if "population" not in body:
        raise InvalidScenario("Say how many users come: --users 10000, or a scenario with a "
                              "population.")  # fmt: skip
    if options["region"]:
        body = {**body, "region": options["region"]}
    return Scenario.from_dict(body)


def _scenario_file(path: Path) -> dict[str, Any]:
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise InvalidScenario(f"{path}: {(error.strerror or 'unreadable').lower()}.") from error
    return read_scenario_file(data, str(path))


def facts_of(directory: Path, region: str) -> Facts:
    """Return the packaged facts of a Region. Raises UnknownFact where there are none."""
    known = regions(directory)
    if region not in known:
        raise UnknownFact(f"There are no prices for '{region}', only for {', '.join(known)}.")
    return facts_from(directory, region)


def progress_line() -> Callable[[float], bool]:
    """Return a progress callback that speaks on stderr once a run takes over a second."""
    start = time.monotonic()

    def progress(share: float) -> bool:
        if time.monotonic() - start > PATIENCE_S:
            end = "\n" if share >= 1.0 else ""
            sys.stderr.write(f"\rForecast: {100 * share:3.0f}%{end}")
            sys.stderr.flush()
        return True

    return progress


def gates_not_met(
    summary: dict[str, Any], min_headroom: float | None, max_monthly_usd: float | None
) -> list[str]:
    """Return a sentence for each gate that the forecast does not pass."""
    failed = []
    headroom, cost = summary["headroom"]["expected"], summary["cost"]["monthly_usd"]
    if min_headroom is not None and headroom is not None and headroom < min_headroom:
        failed.append(f"Headroom is {headroom:.3g}, asked is at least {min_headroom:g}.")
    if max_monthly_usd is not None and cost > max_monthly_usd:
        failed.append(f"It costs ${cost:,.2f} a month, allowed are ${max_monthly_usd:,.2f}.")
    return failed
