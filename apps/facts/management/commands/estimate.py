from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from apps.engine.facts import Facts, UnknownFact
from apps.engine.pricing import BadQuantity, price_bill
from apps.facts.estimate import as_json, as_text
from apps.facts.reader import DATA, facts_from, regions
from apps.facts.rows import BadFact
from apps.facts.usage_file import BadUsage, read_file, read_items

ALWAYS, FIRST_YEAR = "always", "first-year"


class Command(BaseCommand):
    help = "Price a month's usage. No database is needed."
    # A fresh clone has neither a database nor settings to check.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        # It may come after --free-tier, whose word may be left out: see _choices.
        parser.add_argument("usage", metavar="USAGE.json", type=Path, nargs="?")
        parser.add_argument("--region", default="us-east-1", help="default: us-east-1")
        parser.add_argument(
            "--free-tier",
            nargs="?",
            const=ALWAYS,
            metavar=f"{ALWAYS}|{FIRST_YEAR}",
            help="leave out what AWS always gives for free, or a new account in its first year too",
        )
        parser.add_argument("--format", choices=["text", "json"], default="text")
        parser.add_argument(
            "--facts", metavar="DIR", type=Path, default=DATA, help="a folder of fact files"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        file, free_tier = _choices(options["usage"], options["free_tier"])
        given = {"free_tier": bool(free_tier), "first_year": free_tier == FIRST_YEAR}
        try:
            facts = _facts(options["facts"].resolve(), options["region"])
            items = read_items(read_file(file))
            usages = [usage for item in items for usage in item.usages()]
            bill = price_bill(usages, facts, **given)
        except (BadFact, BadQuantity, BadUsage, UnknownFact) as refusal:
            raise CommandError(str(refusal), returncode=2) from refusal
        today = timezone.localdate()
        if options["format"] == "json":
            body = as_json(bill, facts, today=today, **given)
            self.stdout.write(json.dumps(body, indent=2))
        else:
            self.stdout.write(as_text(bill, facts, today))


def _facts(directory: Path, region: str) -> Facts:
    known = regions(directory)
    if region not in known:
        raise UnknownFact(f"There are no prices for “{region}”, only for {', '.join(known)}.")
    return facts_from(directory, region)


def _choices(file: Path | None, free_tier: str | None) -> tuple[Path, str | None]:
    """Return the file and the word of `--free-tier`, which takes the file where it has no word."""
    if file is None and free_tier not in (None, ALWAYS, FIRST_YEAR):
        file, free_tier = Path(free_tier), ALWAYS
    if file is None:
        raise CommandError("Name a file: estimate USAGE.json.", returncode=2)
    if free_tier not in (None, ALWAYS, FIRST_YEAR):
        reason = f"--free-tier is {ALWAYS} or {FIRST_YEAR}, not {free_tier[:80]}."
        raise CommandError(reason, returncode=2)
    return file, free_tier
