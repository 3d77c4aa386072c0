"""Commands of the tests about work in the background, in a process with a clock of its own.

`ask` makes a design that takes a while and gives its forecast to workers; `deliver` enqueues it
once more; `work` is a worker; `sweep` takes up what was left.
"""

from __future__ import annotations

import os
import sys
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import django
from django.core.management import call_command
from django.utils import timezone

from tests.faults import templates


def skew(seconds: float) -> None:
    """Set this machine's clock wrong, as far as the product can see."""
    real = timezone.now

    def now() -> datetime:
        return real() + timedelta(seconds=seconds)

    vars(timezone)["now"] = now


def ask() -> None:
    from apps.accounts.models import Team
    from apps.designs.actions import create_design_from_files
    from apps.engine.traffic.scenario import Scenario
    from apps.facts.actions import effective_facts
    from apps.forecasts.background import start_forecast

    files = {"t.yaml": templates.long_to_forecast()}
    team = Team.objects.all()[0]
    design = create_design_from_files(team=team, author=None, name="Large", files=files)
    row = start_forecast(
        version=design.latest(),
        scenario=Scenario.from_dict({"population": {"value": 1000}}),
        now=timezone.now(),
        facts=effective_facts("us-east-1"),
    )
    sys.stdout.write(f"\n{row.pk}")


def deliver(forecast_id: str) -> None:
    from apps.forecasts.background import run_forecast

    run_forecast.enqueue(forecast_id)


def work(forecast_id: str) -> None:
    """Do the work as often as it is delivered to this worker: once."""
    from apps.forecasts.background import work_on

    work_on(UUID(forecast_id))


def sweep() -> None:
    call_command("sweep")


COMMANDS: dict[str, Any] = {"ask": ask, "deliver": deliver, "work": work, "sweep": sweep}


def main() -> None:
    skew(float(os.environ.get("FAULTS_SKEW_S", "0")))
    django.setup()
    COMMANDS[sys.argv[1]](*sys.argv[2:])


if __name__ == "__main__":
    main()
