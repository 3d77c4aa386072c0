"""Simulate one Lambda pool, request by request."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from apps.engine.requests.one_pool import Simulated, simulate_pool
from apps.engine.requests.services import LAWS
from apps.forecasts.simulating import BadQuestion, Question, answer_of, exact_of, question_of

# Each flag with what it takes.
FLAGS = (
    ("--rate", float, "R", "requests a second, at random (Poisson)"),
    ("--trace", Path, "FILE", "arrival times instead, one a line, in seconds"),
    ("--warm-s", float, "S", "mean duration in a warm environment; default: 1"),
    ("--cold-s", float, "S", "mean duration in a new one; default: as warm"),
    ("--idle-limit-s", float, "S", "one for all; default: Lambda's, as measured"),
    ("--life", str, "T1,T2,A", "idle limits of the last and of others, maximum age"),
    ("--max-concurrency", float, "N", "default: Lambda's quota"),
    ("--ramp", float, "N", "new ones in 10 s; default: Lambda's, none with --idle-limit-s"),
    ("--duration-s", float, "S", "default: a day, or all of the trace"),
)


class Command(BaseCommand):
    help = __doc__ or ""
    # It needs no database, and no settings of a deployment.
    requires_system_checks: list[str] = []
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        for flag, kind, metavar, text in FLAGS:
            parser.add_argument(flag, type=kind, metavar=metavar, help=text)
        parser.add_argument("--service", choices=LAWS, default="exponential")
        parser.add_argument("--cv", type=float, default=1.0, help="of lognormal durations")
        parser.add_argument("--seed", type=int, default=1, metavar="N", help="default: 1")
        parser.add_argument("--exact", action="store_true", help="also what theory says")
        parser.add_argument("--format", choices=("text", "json"), default="text")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            question = question_of(options)
            exact = exact_of(options) if options["exact"] else None
        except BadQuestion as error:
            raise CommandError(str(error), returncode=2) from error
        answer = answer_of(question, _simulated(question))
        if exact is not None:
            answer["exact"] = exact
        if options["format"] == "json":
            self.stdout.write(json.dumps(answer, indent=2, allow_nan=False))
        else:
            self.stdout.write(as_text(answer))


def _simulated(question: Question) -> Simulated:
    return simulate_pool(
        question.stream,
        question.service,
        question.rules,
        horizon_s=question.horizon_s,
        seed=question.seed,
    )


def as_text(answer: dict[str, Any]) -> str:
    """Return the answer in words, at most 80 columns wide."""
    times = answer["latency_ms"]
    lines = [
        f"Requests           {answer['requests']:>12,}",
        f"Cold starts        {answer['cold_starts']:>12,}  {answer['cold_start_share']:.4%}",
        f"Refused            {answer['refused']:>12,}  {answer['refused_share']:.4%}",
        f"Mean environments  {answer['mean_environments']:>12,.4f}",
        f"Mean busy          {answer['mean_busy']:>12,.4f}",
        f"Latency            p50 {times['p50']:,.0f} ms, p95 {times['p95']:,.0f} ms, "
        f"p99 {times['p99']:,.0f} ms",
        f"Simulated          {answer['duration_s']:,.0f} s from an empty pool, "
        f"seed {answer['seed']}",
    ]
    if "exact" in answer:
        exact = answer["exact"]
        lines += [
            f"In theory          {exact['cold_start_share']:.4%} cold starts, "
            f"{exact['mean_environments']:,.4f} environments, {exact['mean_busy']:,.4f} busy,",
            f"  {exact['note']}",
        ]
    return "\n".join(lines)
