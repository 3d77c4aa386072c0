"""Simulate one Lambda pool, or the busiest minute of a design, request by request."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from apps.engine.forecast.checking import check_busiest_minute
from apps.engine.requests.laws import LAWS
from apps.facts.reader import DATA, packaged_facts
from apps.forecasts.crosschecking import as_json, as_text
from apps.forecasts.question import REFUSALS, facts_of, scenario_from
from apps.forecasts.scenarios.asked import UNITS
from apps.forecasts.simulating import (
    BadQuestion,
    Question,
    answer,
    read_life,
    read_trace,
    usual_ramp,
)
from apps.forecasts.template_files import read_paths

DAY_S = 86_400.0


class Command(BaseCommand):
    help = (
        "Simulate one Lambda pool, request by request: cold starts, refusals, environments. "
        "With template files: the busiest minute of their design, beside what a forecast says."
    )
    # It needs no database and no settings of a deployment.
    requires_system_checks: list[str] = []
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        add = parser.add_argument
        add("files", nargs="*", type=Path, metavar="FILE", help="templates of a design")
        add("--users", type=float, metavar="N", help="with FILE: how many users come")
        add("--users-unit", choices=UNITS, default="daily", help="with FILE (daily)")
        add("--scenario", type=Path, metavar="FILE.json", help="with FILE: who comes")
        add("--region", metavar="R", help="with FILE (the scenario's, or us-east-1)")
        add("--facts", type=Path, metavar="DIR", default=DATA)
        add("--rate", type=float, default=1.0, help="requests a second, Poisson (1)")
        add("--warm-s", type=float, default=0.1, help="mean duration when warm, in s (0.1)")
        add("--cold-s", type=float, help="mean duration when cold, in s (warm + 0.3)")
        add("--idle-limit-s", type=float, help="one idle limit for all (the measured life cycle)")
        add("--life", metavar="T1,T2,A", help="idle limits of the last and others, maximum age")
        add("--max-concurrency", type=float, default=1000.0, help="most at once (1000)")
        add("--duration-s", type=float, default=DAY_S, help="simulated time in s (a day)")
        add("--seed", type=int, default=1, help="where chance comes from (1)")
        laws = [law for law in LAWS if law != "empirical"]
        add("--service", choices=laws, default="exponential", help="law of the durations")
        add("--cv", type=float, default=0.66, help="coefficient of variation, lognormal (0.66)")
        add("--ramp", type=float, help="new environments in 10 s, 0 for any (AWS's quota)")
        add("--trace", type=Path, metavar="FILE", help="arrival times in s, one a line")
        add("--format", choices=("text", "json"), default="text")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["files"]:
            self._design(options)
            return
        try:
            trace = read_trace(options["trace"]) if options["trace"] else None
            found = answer(self._question(options), trace)
        except BadQuestion as error:
            raise CommandError(str(error), returncode=2) from error
        if options["format"] == "json":
            self.stdout.write(json.dumps(found.as_json(), indent=2))
        else:
            self.stdout.write(found.as_text())

    def _design(self, options: dict[str, Any]) -> None:
        """Send the requests of the busiest minute through the design of some templates."""
        seed = options["seed"]
        if seed < 0:
            raise CommandError("--seed must be at least 0.", returncode=2)
        try:
            scenario = scenario_from(options)
            facts = facts_of(options["facts"].resolve(), scenario.region)
            check = check_busiest_minute(read_paths(options["files"]), scenario, facts, seed)
        except REFUSALS as refusal:
            raise CommandError(str(refusal), returncode=2) from refusal
        if options["format"] == "json":
            self.stdout.write(json.dumps(as_json(check, seed), indent=2, allow_nan=False))
        else:
            self.stdout.write(as_text(check, seed))

    def _question(self, options: dict[str, Any]) -> Question:
        warm_s, cold_s, ramp = options["warm_s"], options["cold_s"], options["ramp"]
        return Question(
            rate=options["rate"],
            warm_s=warm_s,
            cold_s=warm_s + 0.3 if cold_s is None else cold_s,
            idle_limit_s=options["idle_limit_s"],
            max_concurrency=options["max_concurrency"],
            duration_s=options["duration_s"],
            ramp_per_10_s=usual_ramp(packaged_facts("us-east-1")) if ramp is None else ramp,
            service=options["service"],
            cv=options["cv"],
            seed=options["seed"],
            own_life=read_life(options["life"]) if options["life"] else None,
        )
