from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from apps.aws import pricing
from apps.aws.errors import AwsRefused
from apps.aws.sessions import HOME_REGION, client_of, open_session
from apps.engine.regions import is_price_region
from apps.facts.actions import load_books
from apps.facts.models import PriceBook
from apps.facts.plan_text import plan_lines
from apps.facts.price_list.collecting import Collected
from apps.facts.price_list.products import BadPriceList
from apps.facts.price_list.sources import from_api, from_files, known_services
from apps.facts.progress import Bar
from apps.facts.reader import DATA
from apps.facts.refreshing import Plan, places, plan, write
from apps.facts.rows import BadFact


class Command(BaseCommand):
    help = (
        "Read AWS's Price List and put its prices in force, in a new book for each Region. Offer "
        "files are read row by row, so that one of several GB needs some MB of memory. The same "
        "list changes nothing; a run that was interrupted goes on with the Regions it had not "
        "come to."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--offers",
            metavar="PATH",
            type=Path,
            help="a bulk offer file (JSON or CSV) or a folder of them; AWS is asked otherwise",
        )
        parser.add_argument(
            "--region",
            metavar="R",
            action="append",
            help="a Region, an edge such as edge:EU, or global; all that have a book otherwise",
        )
        parser.add_argument("--service", metavar="S", action="append", help="such as Lambda")
        parser.add_argument("--profile", default="", help="a profile of your AWS configuration")
        parser.add_argument("--dry-run", action="store_true", help="show what would change")
        parser.add_argument(
            "--facts",
            metavar="DIR",
            type=Path,
            default=DATA,
            help="a folder of fact files, to begin with where no book is loaded yet",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        services, directory = _services(options["service"]), options["facts"].resolve()
        refused = []
        try:
            asked = _places(options["region"], directory)
            for place, collected in self._collected(asked, services, options):
                # One place that contradicts itself does not keep the others from theirs.
                if reason := collected.refused.get(place):
                    refused.append(reason)
                    continue
                found = plan(place, collected, directory, services)
                self.stdout.write("\n".join(plan_lines(found, every=options["verbosity"] > 1)))
                if not options["dry_run"]:
                    self._keep(found, directory)
        except (AwsRefused, BadFact, BadPriceList) as refusal:
            raise CommandError(str(refusal), returncode=2) from refusal
        if refused:
            raise CommandError(" ".join(refused), returncode=2)
        if options["dry_run"]:
            self.stdout.write("Dry run: nothing was written.")

    def _collected(
        self, asked: tuple[str, ...], services: frozenset[str], options: dict[str, Any]
    ) -> Iterator[tuple[str, Collected]]:
        bar_of = partial(Bar, self.stderr)
        if options["offers"] is not None:
            collected = from_files(options["offers"], services, bar_of)
            yield from ((place, collected) for place in asked)
            return
        client = client_of(open_session(profile=options["profile"]), "pricing", HOME_REGION)
        yield from from_api(asked, services, bar_of, partial(pricing.products, client))

    def _keep(self, found: Plan, directory: Path) -> None:
        if found.is_empty:
            return
        if not PriceBook.objects.current().exists():
            load_books(directory=directory)
        book, is_new = write(found)
        state = "is in force" if is_new else "was in force already"
        self.stdout.write(f"  Book {book.sha256[:12]} {state}.")


def _services(names: list[str] | None) -> frozenset[str]:
    known = known_services()
    for name in names or ():
        if name.lower() not in known:
            these = ", ".join(sorted(known.values(), key=str.lower))
            raise CommandError(
                f"No price of “{name}” can be refreshed; these can: {these}.", returncode=2
            )
    return frozenset(known[name.lower()] for name in names or ())


def _places(names: list[str] | None, directory: Path) -> tuple[str, ...]:
    for name in names or ():
        if not is_price_region(name):
            raise BadPriceList(f"“{name}” is no Region such as us-east-1, no edge, nor global.")
    return tuple(dict.fromkeys(names)) if names else places(directory)
