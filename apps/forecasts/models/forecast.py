from __future__ import annotations

import uuid
from typing import Self

from django.db import models

from apps.accounts.models import User
from apps.designs.models import Design, Version


class ForecastQuerySet(models.QuerySet["Forecast"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(version__design__team__memberships__user=user)

    def with_design(self) -> Self:
        return self.select_related("version__design__team")

    def without_summary(self) -> Self:
        """Leave the long JSON in the database, for lists."""
        return self.defer("summary", "scenario")

    def newest_of(self, designs: models.QuerySet[Design]) -> Self:
        """Pick the latest finished forecast of each design, by two queries in all."""
        newest = (
            Forecast.objects.filter(
                version__design=models.OuterRef("pk"), state=Forecast.State.DONE
            )
            .order_by("-created_at", "-pk")
            .values("pk")[:1]
        )
        ids = designs.order_by().annotate(newest=models.Subquery(newest)).values("newest")
        return self.filter(pk__in=ids)


class Forecast(models.Model):
    """The answer to one question: a version, a scenario and a state of the facts."""

    class State(models.TextChoices):
        QUEUED = "queued", "Queued"
        RUNNING = "running", "Running"
        DONE = "done", "Done"
        FAILED = "failed", "Failed"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    version = models.ForeignKey(Version, models.CASCADE, related_name="forecasts")
    scenario = models.JSONField(default=dict)
    facts_version = models.CharField(max_length=64)
    engine_version = models.CharField(max_length=20)
    seed = models.PositiveBigIntegerField(default=0)
    inputs_sha256 = models.CharField(max_length=64)
    state = models.CharField(max_length=10, choices=State.choices, default=State.QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    lease_until = models.DateTimeField(null=True, blank=True)
    progress = models.FloatField(default=0.0)
    stop_requested = models.BooleanField(default=False)
    reason = models.TextField(blank=True)
    summary = models.JSONField(default=dict)
    series = models.CharField(max_length=120, blank=True)
    # Null where nothing binds; what lists show and sort by, in the scenario's unit.
    holds_users = models.FloatField(null=True, blank=True)
    first_limit = models.CharField(max_length=200, blank=True)
    monthly_usd = models.FloatField(null=True, blank=True)
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = ForecastQuerySet.as_manager()

    class Meta:
        constraints = [
            # Within a design: one team must not learn that another asked the same question.
            models.UniqueConstraint(
                fields=["version", "inputs_sha256"], name="forecast_question_once"
            ),
        ]
        indexes = [models.Index(fields=["state", "lease_until"], name="forecast_to_claim")]

    def __str__(self) -> str:
        return f"{self.get_state_display()} {self.created_at:%Y-%m-%d %H:%M}"

    @property
    def is_finished(self) -> bool:
        return self.state in (self.State.DONE, self.State.FAILED)

    @property
    def is_done(self) -> bool:
        return self.state == self.State.DONE
