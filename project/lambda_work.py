"""What the clock of EventBridge calls on the stages that work, once a minute."""

from __future__ import annotations

from typing import Final

from django.core.management import call_command

from apps.forecasts.background import sweep
from apps.forecasts.clock import database_now
from apps.forecasts.sampling import sweep_samples

# A run that takes long is followed by others, so it need not take everything.
MAX_TASKS: Final = 20


def work(event: object, context: object) -> None:
    """Take up what was missed, then do the tasks that wait."""
    now = database_now()
    sweep(now=now)
    sweep_samples(now=now)
    call_command("db_worker", batch=True, startup_delay=False, max_tasks=MAX_TASKS, reload=False)
