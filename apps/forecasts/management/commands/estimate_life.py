"""Estimate how long a function's environments live, from its REPORT lines in CloudWatch."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from apps.forecasts.estimating_life import as_text, estimate_of
from apps.forecasts.lambda_logs import Report, UnreadableLog, read_reports

MOST_BYTES = 500_000_000


class Command(BaseCommand):
    help = __doc__ or ""
    # It reads a file only: no database, no settings of a deployment.
    requires_system_checks: list[str] = []
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "file",
            type=Path,
            metavar="FILE",
            help="log events of one function as text, CSV or JSON, with times; - for stdin",
        )
        parser.add_argument("--format", choices=("text", "json"), default="text")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            estimate = estimate_of(_reports(options["file"]))
        except UnreadableLog as error:
            raise CommandError(f"{options['file']}: {error}", returncode=2) from error
        if options["format"] == "json":
            self.stdout.write(json.dumps(estimate, indent=2, allow_nan=False))
        else:
            self.stdout.write(as_text(estimate))


def _reports(path: Path) -> list[Report]:
    if str(path) == "-":
        return read_reports(sys.stdin)
    try:
        if path.stat().st_size > MOST_BYTES:
            raise UnreadableLog(f"at most {MOST_BYTES:,} bytes are read.")
        with path.open(encoding="utf-8", errors="replace") as file:
            return read_reports(file)
    except OSError as error:
        raise UnreadableLog(f"{(error.strerror or 'unreadable').lower()}.") from error
