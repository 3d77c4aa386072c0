from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from apps.aws.errors import AwsRefused
from apps.aws.quotas import AccountQuota, lambda_quotas, quotas_of
from apps.aws.sessions import HOME_REGION, account_of, open_session
from apps.facts.account_quotas import Difference, correct, differences, to_ask
from apps.facts.progress import Bar
from apps.facts.reader import is_region


class Command(BaseCommand):
    help = (
        "Read the quotas of an account from Service Quotas, and Lambda's own from Lambda, and put "
        "what differs from AWS's defaults in force as corrections with their reason. They hold "
        "for every forecast of the Region; one made by hand stays. The same account changes "
        "nothing."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--region", metavar="R", action="append", help=f"default: {HOME_REGION}"
        )
        who = parser.add_mutually_exclusive_group()
        who.add_argument("--profile", default="", help="a profile of your AWS configuration")
        who.add_argument("--role", metavar="ARN", default="", help="a role to assume")
        parser.add_argument("--external-id", metavar="X", default="", help="that the role asks for")
        parser.add_argument("--dry-run", action="store_true", help="show what would change")

    def handle(self, *args: Any, **options: Any) -> None:
        asked = options["region"] or [HOME_REGION]
        if wrong := [name for name in asked if not is_region(name)]:
            raise CommandError(f"“{wrong[0]}” is no Region such as us-east-1.", returncode=2)
        if options["external_id"] and not options["role"]:
            raise CommandError("An external id goes with --role.", returncode=2)
        try:
            session = open_session(
                profile=options["profile"],
                role_arn=options["role"],
                external_id=options["external_id"],
            )
            account = account_of(session)
            for region, found in self._found(session, asked):
                self._correct(region, found, account, dry=options["dry_run"])
        except AwsRefused as refusal:
            raise CommandError(str(refusal), returncode=2) from refusal
        if options["dry_run"]:
            self.stdout.write("Dry run: nothing was written.")

    def _found(
        self, session: Any, regions: list[str]
    ) -> Iterator[tuple[str, dict[str, dict[str, AccountQuota]]]]:
        services = {region: to_ask(region) for region in dict.fromkeys(regions)}
        with Bar(self.stderr, sum(map(len, services.values()))) as bar:
            for region, asked in services.items():
                found: dict[str, dict[str, AccountQuota]] = {}
                for each in asked:
                    bar.begin(f"{region}, {each.service}")
                    found[each.service] = quotas_of(session, each.service, each.region)
                    if each.service == "lambda":
                        found["lambda"] |= lambda_quotas(session, region)
                    bar.add(1)
                bar.clear()
                yield region, found

    def _correct(
        self, region: str, found: dict[str, dict[str, AccountQuota]], account: str, *, dry: bool
    ) -> None:
        rows = differences(region, found)
        self.stdout.write(f"{region}: {len(rows)} quotas differ.")
        for row in rows:
            self.stdout.write(_told(row))
        if not dry:
            written = correct(rows, account=account, today=timezone.localdate())
            self.stdout.write(f"  {written} corrections written.")


def _told(row: Difference) -> str:
    return f"  {row.quota.id:<36} {row.in_force} → {row.value} {row.quota.unit}  {row.action}"
