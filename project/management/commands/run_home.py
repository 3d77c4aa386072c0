"""Bring the database at home up to date, then serve, with a worker beside the server."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.core.management import CommandError, CommandParser, call_command
from django.core.management.base import BaseCommand

STEPS: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("Bringing the database up to date", "migrate", {"verbosity": 0}),
    ("Loading prices and quotas", "load_facts", {}),
    ("Loading the demo team and its designs", "load_demo", {}),
)


class Command(BaseCommand):
    help = __doc__ or ""
    # The server checks the system itself, once the tables are there.
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("address", nargs="?", default="127.0.0.1:8000")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.IS_HOME:
            raise CommandError("This sets up a home; the stage is " + settings.STAGE + ".")
        for text, command, arguments in STEPS:
            self.stdout.write(f"{text} …")
            self.stdout.flush()
            call_command(command, **arguments)
        self.stdout.write(f"Headroom is at http://{options['address']} (Ctrl-C stops it)")
        self.stdout.flush()
        with _worker():
            # Code that changes is picked up by `manage.py runserver`; this is for a first look.
            call_command("runserver", options["address"], use_reloader=False)


@contextmanager
def _worker() -> Iterator[None]:
    # Being told to end must reach the worker too, so it is made an exception like Ctrl-C.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    worker = subprocess.Popen(  # Our own code.  # nosec B603
        [sys.executable, "manage.py", "db_worker"], cwd=settings.BASE_DIR
    )
    try:
        yield
    finally:
        worker.terminate()
        worker.wait()
