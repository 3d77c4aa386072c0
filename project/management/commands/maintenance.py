"""Close Headroom for a while, open it again, or say which it is."""

from __future__ import annotations

import time
from typing import Any

from django.conf import settings
from django.core.management import CommandError, CommandParser
from django.core.management.base import BaseCommand

from project.ops import maintenance


class Command(BaseCommand):
    help = __doc__ or ""

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("state", choices=["on", "off", "status"])
        parser.add_argument("--minutes", type=int, default=30, help="with on; 30 if not given")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["minutes"] < 1:
            raise CommandError("Give at least one minute.")
        if options["state"] == "on":
            maintenance.close(seconds=60 * options["minutes"], now_s=time.time())
        if options["state"] == "off":
            if settings.MAINTENANCE:
                raise CommandError("It is closed by the MAINTENANCE variable: take that away.")
            maintenance.reopen()
        left_s = maintenance.seconds_left(time.time())
        self.stdout.write(f"Closed for {-(-left_s // 60)} minutes." if left_s else "Open.")
