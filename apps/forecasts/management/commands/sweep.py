"""Take up forecasts that were missed, and delete files that no forecast points at."""

from __future__ import annotations

import logging
from typing import Any

from django.core.management.base import BaseCommand

from apps.forecasts.background import sweep
from apps.forecasts.clock import database_now
from apps.forecasts.sampling import sweep_samples
from apps.forecasts.series import sweep_series

logger = logging.getLogger(__name__)


class Command(BaseCommand):
    help = __doc__ or ""

    def handle(self, *args: Any, **options: Any) -> None:
        now = database_now()
        found, deleted = sweep(now=now) + sweep_samples(now=now), sweep_series(now=now)
        # CloudWatch makes metrics of these: work that is found here was missed or left.
        logger.info("Swept", extra={"metrics": {"TakenUp": found, "FilesDeleted": deleted}})
        self.stdout.write(f"{found} forecasts taken up or given up, {deleted} files deleted.")
