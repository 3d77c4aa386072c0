from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from apps.facts.actions import load_books
from apps.facts.reader import DATA
from apps.facts.rows import BadFact


class Command(BaseCommand):
    help = "Bring prices, quotas and instance classes into the database; run at every deploy."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--facts",
            metavar="DIR",
            type=Path,
            default=DATA,
            help="a folder of fact files; the packaged ones otherwise",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            loaded = load_books(directory=options["facts"].resolve())
        except BadFact as refusal:
            raise CommandError(str(refusal), returncode=2) from refusal
        self.stdout.write(f"Facts: {loaded.new} books loaded, {loaded.unchanged} unchanged.")
