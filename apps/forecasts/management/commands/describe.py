"""Print a design as Headroom understands it, and what it does not understand."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from apps.engine.formats import UnreadableInput
from apps.forecasts.describing import describe, describe_as_text
from apps.forecasts.template_files import read_paths


class Command(BaseCommand):
    help = "Print the components and links of a template, and what was not understood."
    # It reads files only: no database, no settings of a deployment.
    requires_system_checks: list[str] = []
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
        parser.add_argument("--format", choices=("text", "json"), default="text")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            architecture = read_paths(options["files"])
        except UnreadableInput as error:
            raise CommandError(str(error), returncode=2) from error
        if options["format"] == "json":
            self.stdout.write(json.dumps(describe(architecture), indent=2, ensure_ascii=False))
        else:
            self.stdout.write(describe_as_text(architecture))
