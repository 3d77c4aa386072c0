from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from apps.aws import pricing
from apps.aws.errors import AwsRefused
from apps.aws.sessions import HOME_REGION, client_of, open_session
from apps.engine.regions import GLOBAL
from apps.facts.actions import load_books
from apps.facts.changes import Change, usd_text
from apps.facts.models import PriceBook
from apps.facts.price_list.collecting import Collected, service_of
from apps.facts.price_list.offer_files import offer_paths, read_offer
from apps.facts.price_list.products import BadPriceList
from apps.facts.price_list.queries import listed_by, queries
from apps.facts.price_list.rules import all_rules, rules_by_offer
from apps.facts.progress import Bar
from apps.facts.reader import DATA, is_region
from apps.facts.refreshing import NOT_READ, Plan, is_place, places, plan, write
from apps.facts.rows import BadFact

REFUSALS = (AwsRefused, BadFact, BadPriceList)
WIDTH = 44


class Command(BaseCommand):
    help = (
        "Read AWS's Price List and put its prices in force, a new book for each Region. Offer "
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
        services = _services(options["service"])
        directory = options["facts"].resolve()
        try:
            asked = _places(options["region"], directory)
            refused = [
                self._refresh(place, collected, directory, services, dry=options["dry_run"])
                for place, collected in self._collected(asked, options, services)
            ]
        except REFUSALS as refusal:
            raise CommandError(str(refusal), returncode=2) from refusal
        if any(refused):
            raise CommandError(" ".join(filter(None, refused)), returncode=2)
        if options["dry_run"]:
            self.stdout.write("Dry run: nothing was written.")

    def _collected(
        self, asked: tuple[str, ...], options: dict[str, Any], services: frozenset[str]
    ) -> Iterator[tuple[str, Collected]]:
        if options["offers"] is None:
            yield from self._from_api(asked, options["profile"], services)
            return
        collected = self._from_files(options["offers"], services)
        for place in asked:
            yield place, collected

    def _from_files(self, path: Path, services: frozenset[str]) -> Collected:
        paths, collected = offer_paths(path), Collected()
        bar = Bar(self.stderr, sum(each.stat().st_size for each in paths))
        for each in paths:
            bar.doing = each.name
            offer = read_offer(each, bar.add, partial(_has_service, services))
            if offer is not None and offer.name in rules_by_offer():
                collected.offers.add(offer.name)
                collected.add(offer.listed, services=services)
        bar.close()
        if not collected.offers:
            raise BadPriceList(f"{path}: no file is an offer with prices that a book keeps.")
        return collected

    def _from_api(
        self, asked: tuple[str, ...], profile: str, services: frozenset[str]
    ) -> Iterator[tuple[str, Collected]]:
        client = client_of(open_session(profile=profile), "pricing", HOME_REGION)
        ask = partial(pricing.products, client)
        wanted = partial(_has_service, services)
        # Edges and what is global are in one answer.
        parts = {place if is_region(place) else GLOBAL for place in asked}
        bar = Bar(self.stderr, sum(len(queries(part, wanted)) for part in parts))
        everywhere: Collected | None = None
        for place in asked:
            if everywhere is not None and not is_region(place):
                yield place, everywhere
                continue
            collected = Collected()
            for query in queries(place, wanted):
                bar.doing = f"{place}, {query.offer}"
                bar.show()
                collected.offers.add(query.offer)
                collected.add(listed_by(query, ask), services=services)
                bar.add(1)
            everywhere = everywhere if is_region(place) else collected
            yield place, collected
        bar.close()

    def _refresh(
        self,
        place: str,
        collected: Collected,
        directory: Path,
        services: frozenset[str],
        *,
        dry: bool,
    ) -> str:
        """Refresh one place; return why not, where the list contradicts itself."""
        if reason := collected.refused.get(place):
            return reason
        found = plan(place, collected, directory, services)
        self.stdout.write("\n".join(_told(found)))
        if not dry and not found.is_empty:
            if not PriceBook.objects.current().exists():
                load_books(directory=directory)
            book, is_new = write(found, directory)
            state = "is in force" if is_new else "was in force already"
            self.stdout.write(f"  Book {book.sha256[:12]} {state}.")
        return ""


def _services(names: list[str] | None) -> frozenset[str]:
    known = {service_of(rule).lower(): service_of(rule) for rule in all_rules()}
    for name in names or ():
        if name.lower() not in known:
            raise CommandError(
                f"No price of “{name}” can be refreshed; these can: "
                f"{', '.join(sorted(known.values(), key=str.lower))}.",
                returncode=2,
            )
    return frozenset(known[name.lower()] for name in names or ())


def _places(names: list[str] | None, directory: Path) -> tuple[str, ...]:
    for name in names or ():
        if not is_place(name):
            raise BadPriceList(f"“{name}” is no Region such as us-east-1, no edge, nor global.")
    known = places(directory)
    return tuple(dict.fromkeys(names)) if names else known


def _has_service(services: frozenset[str], offer: str) -> bool:
    rules = rules_by_offer().get(offer, ())
    return any(not services or service_of(rule) in services for rule in rules)


def _told(found: Plan) -> Iterator[str]:
    """Yield what a plan does, as a table."""
    if found.is_empty:
        yield f"{found.place}: the list has no price for it."
        return
    new = sum(change.old is None for change in found.changes)
    yield (
        f"{found.place}: {len(found.changes) - new} prices change, {new} are new, "
        f"{found.confirmed} are as they were, {len(found.gone)} are gone from the list."
    )
    yield from (_row(change) for change in found.changes)
    yield from (f"  {name:<{WIDTH}} no longer in the list; kept as it was" for name in found.gone)
    yield from _kept(found.not_refreshed.items())


def _row(change: Change) -> str:
    percent = "new" if change.old is None else ""
    if change.percent is not None:
        percent = f"{change.percent:+.3g}%"
    old, new = usd_text(change.old), usd_text(change.new)
    return f"  {change.price.id:<{WIDTH}} {old} → {new} per {change.price.unit}  {percent}".rstrip()


def _kept(reasons: Iterable[tuple[str, str]]) -> Iterator[str]:
    by_reason: dict[str, list[str]] = defaultdict(list)
    for name, reason in reasons:
        by_reason[reason].append(name)
    for reason, names in sorted(by_reason.items()):
        plural = "" if len(names) == 1 else "s"
        which = "" if reason == NOT_READ else f": {', '.join(names)}"
        yield f"  Not refreshed, since {reason}: {len(names)} price{plural}{which}"
