"""Say how many users a template's design holds, what breaks first, and what it costs."""

from __future__ import annotations

from argparse import ArgumentParser, ArgumentTypeError
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from apps.engine.facts import Facts
from apps.engine.forecast import forecast, summary_of
from apps.engine.formats.infracost_file import UsageFile
from apps.engine.graph import Architecture
from apps.engine.traffic.scenario import Scenario
from apps.forecasts.baseline import read_baseline
from apps.forecasts.fitting import fitted
from apps.forecasts.gates import NOT_MET, Gates, add_gates
from apps.forecasts.kept_forecast import kept_forecast
from apps.forecasts.more_samples import FEWEST, MOST, summary_with_samples
from apps.forecasts.old_facts import with_old_facts
from apps.forecasts.question import (
    REFUSALS,
    add_question,
    facts_of,
    progress_line,
    scenario_from,
)
from apps.forecasts.rendering.forms import FORMS, Told, written
from apps.forecasts.shown_paths import shown_path, with_shown_paths
from apps.forecasts.template_files import read_paths
from apps.forecasts.usage_files import knowing, usage_at


class Command(BaseCommand):
    help = __doc__ or ""
    # It reads files only: no database, no settings of a deployment.
    requires_system_checks: list[str] = []
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        add = parser.add_argument
        add("files", nargs="+", type=Path, metavar="FILE")
        add_question(parser)
        add("--samples", type=sample_count, metavar="N", help="joint samples for low and high")
        add(
            "--baseline",
            action="append",
            type=Path,
            metavar="OLD",
            help="a template as it was, or a forecast as JSON; may be given for each of its files",
        )
        add("--format", choices=FORMS, default="text")
        add_gates(parser)

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
        gates = Gates.of(options)
        if gates.fail_on_worse is not None and not options["baseline"]:
            raise CommandError("--fail-on-worse needs a --baseline to compare with.", returncode=2)
        try:
            told = told_by(options)
        except REFUSALS as refusal:
            raise CommandError(str(refusal), returncode=2) from refusal
        self.stdout.write(written(told, options["format"]))
        failed = gates.not_met(told.summary, told.baseline.summary if told.baseline else None)
        if failed:
            raise CommandError(" ".join(failed), returncode=NOT_MET)


def told_by(options: dict[str, Any]) -> Told:
    """Return the forecast that the options ask for. Raises what `REFUSALS` names."""
    scenario = scenario_from(options)
    facts = facts_of(options["facts"].resolve(), scenario.region)
    paths = options["files"]
    architecture = with_shown_paths(read_paths(paths), paths)
    kept = kept_forecast(options["baseline"][0]) if options["baseline"] else None
    usage = usage_at(options["usage"]) if options["usage"] else None
    asked = Asked(scenario, facts, usage, options["samples"], (kept or {}).get("seed"))
    summary = asked.of(architecture)
    baseline = None
    if options["baseline"]:
        # On the same draws, so that what differs is the design.
        again = replace(asked, seed=summary["seed"], what="Baseline")
        baseline = read_baseline(options["baseline"], kept, again.before)
    return Told(
        summary=summary,
        architecture=architecture,
        name=paths[0].stem,
        files=tuple(shown_path(str(path)) for path in paths),
        baseline=baseline,
    )


@dataclass(frozen=True, slots=True)
class Asked:
    """Everything of a question but the design."""

    scenario: Scenario
    facts: Facts
    usage: UsageFile | None = None
    samples: int | None = None
    seed: int | None = None
    what: str = "Forecast"

    def of(self, design: Architecture) -> dict[str, Any]:
        """Return a forecast as JSON with the ages of its facts. Raises what `REFUSALS` names."""
        told = progress_line(self.what)
        design, scenario = knowing(design, self.scenario, self.facts, self.usage)
        answer = forecast(design, scenario, self.facts, progress=told, seed=self.seed)
        made = summary_with_samples(answer, self.samples) if self.samples else summary_of(answer)
        return with_old_facts(made, self.facts, timezone.localdate())

    def before(self, design: Architecture) -> tuple[dict[str, Any], tuple[str, ...]]:
        """Return the forecast of a design from before, and what of the scenario it lacks."""
        scenario, left_out = fitted(self.scenario, design)
        return replace(self, scenario=scenario).of(design), left_out


def sample_count(text: str) -> int:
    """Return a number of samples. Raises ArgumentTypeError with what would work."""
    if not (text.isdecimal() and FEWEST <= int(text) <= MOST):
        raise ArgumentTypeError(f"{text!r} samples: say {FEWEST} to {MOST:,} as a whole number.")
    return int(text)
