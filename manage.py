"""Run Django's management commands; without a STAGE this is the home of one developer."""

from __future__ import annotations

import os
import subprocess
import sys

from django.core.management import execute_from_command_line


def main() -> None:
    if sys.argv[1:2] == ["test"]:
        # The tests have settings of their own, so they need a process of their own.
        command = [sys.executable, "-m", "pytest", *sys.argv[2:]]
        status = subprocess.call(command)  # noqa: S603  The caller's own arguments.  # nosec B603
        raise SystemExit(status)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "project.settings")
    os.environ.setdefault("STAGE", "home")
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
