from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import Final, Self

from django.db import models
from django.utils import timezone

from apps.accounts.models import Membership, User
from apps.designs.models import Design, Version

# A worker that has not said for so long that it is alive has left its work.
LEASE: Final = timedelta(seconds=60)
MOST_ATTEMPTS: Final = 3
# Before so much is done, the pace says nothing of what is left.
FIRST_SHARE: Final = 0.05
STOPPED: Final = "It was stopped."


class ForecastQuerySet(models.QuerySet["Forecast"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(version__design__team__memberships__user=user)

    def editable_by(self, user: User) -> Self:
        return self.filter(
            version__design__team__memberships__user=user,
            version__design__team__memberships__role__in=Membership.EDITING_ROLES,
        )

    def claim(self, forecast_id: uuid.UUID, now: datetime) -> Forecast | None:
        """Take a forecast to work on; None if it is done, or somebody else has it."""
        waiting = models.Q(state=Forecast.State.QUEUED) | self._left(now)
        taken = self.filter(waiting, pk=forecast_id, attempts__lt=MOST_ATTEMPTS).update(
            state=Forecast.State.RUNNING,
            attempts=models.F("attempts") + 1,
            lease_until=now + LEASE,
            progress=0.0,
        )
        return self.with_design().get(pk=forecast_id) if taken else None

    def missed(self, now: datetime) -> Self:
        """Pick what no worker has taken for long, and what a worker has left."""
        forgotten = models.Q(state=Forecast.State.QUEUED, asked_at__lt=now - LEASE)
        return self.filter(forgotten | self._left(now), attempts__lt=MOST_ATTEMPTS)

    def given_up(self, now: datetime) -> Self:
        return self.filter(self._left(now), attempts__gte=MOST_ATTEMPTS)

    @staticmethod
    def _left(now: datetime) -> models.Q:
        return models.Q(state=Forecast.State.RUNNING, lease_until__lt=now)

    def with_design(self) -> Self:
        return self.select_related("version__design__team")

    def without_summary(self) -> Self:
        """Leave the long JSON in the database, for lists."""
        return self.defer("summary", "scenario", "version__graph")

    def answering(self, inputs_sha256: str) -> Forecast | None:
        """Return the answer to a question, if it is kept."""
        answers = self.filter(inputs_sha256=inputs_sha256, state=Forecast.State.DONE)
        return answers.with_is_newest().order_by("pk").first()

    def with_is_newest(self) -> Self:
        """Add `is_newest`: whether no other of the design was asked for later."""
        later = Forecast.objects.filter(
            version__design=models.OuterRef("version__design"),
            state=Forecast.State.DONE,
            asked_at__gt=models.OuterRef("asked_at"),
        )
        return self.annotate(is_newest=~models.Exists(later))

    def newest_of(self, designs: models.QuerySet[Design]) -> Self:
        """Pick the finished forecast of each design that was asked for last, in one query."""
        newest = (
            Forecast.objects.filter(
                version__design=models.OuterRef("pk"), state=Forecast.State.DONE
            )
            .order_by("-asked_at", "-pk")
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
    # The range and what was asked, for lists: the summary is too long to be read for them.
    users_unit = models.CharField(max_length=20, blank=True)
    asked_users = models.FloatField(null=True, blank=True)
    holds_low = models.FloatField(null=True, blank=True)
    holds_high = models.FloatField(null=True, blank=True)
    created_at = models.DateTimeField()
    # Later than it was made, where a team came back to a question that it had asked before.
    asked_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True, blank=True)

    # Added by `with_is_newest`.
    is_newest: bool

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

    @staticmethod
    def id_of(version_id: int, inputs_sha256: str) -> uuid.UUID:
        """Return the id of a question, so that asking twice meets the same row."""
        return uuid.uuid5(uuid.NAMESPACE_OID, f"{version_id}:{inputs_sha256}")

    def put(self) -> Self:
        """Insert the row, or put it in place of the one that asked the same: one statement."""
        fields = [f.name for f in self._meta.concrete_fields if not f.primary_key]
        keys = ["version", "inputs_sha256"]
        Forecast.objects.bulk_create(
            [self],
            update_conflicts=True,
            unique_fields=keys,
            update_fields=[name for name in fields if name not in keys],
        )
        return self

    def ask_again(self, now: datetime) -> None:
        """Note that a kept answer is the one in use again; `answering` knows whether it is."""
        if not self.is_newest:
            self.asked_at = now
            self.save(update_fields=["asked_at"])

    @property
    def is_finished(self) -> bool:
        return self.state in (self.State.DONE, self.State.FAILED)

    @property
    def is_done(self) -> bool:
        return self.state == self.State.DONE

    @property
    def is_unlimited(self) -> bool:
        """Say whether nothing binds, however many come."""
        return self.is_done and self.holds_users is None

    @property
    def is_too_small(self) -> bool:
        """Say whether fewer are held than were asked for."""
        if self.holds_users is None or self.asked_users is None:
            return False
        return self.holds_users < self.asked_users

    @property
    def progress_title(self) -> str:
        if self.state == self.State.QUEUED:
            return "Waiting for a worker"
        return f"Working: {round(100 * self.progress)}%"

    def seconds_left(self, now: datetime) -> float | None:
        """Return how long it will take at the pace until now; None while that is too early."""
        if self.progress < FIRST_SHARE:
            return None
        passed_s = (now - self.asked_at).total_seconds()
        return float(round(passed_s * (1.0 - self.progress) / self.progress))

    def beat(self, share: float, now: datetime) -> bool:
        """Say that the work goes on; False when it was stopped, or is somebody else's by now."""
        running = self._own_run().filter(stop_requested=False)
        return running.update(progress=share, lease_until=now + LEASE) == 1

    def fail(self, reason: str, now: datetime) -> None:
        """End the work with a reason that a person can act on, if it is still one's own."""
        self._own_run().update(
            state=self.State.FAILED, reason=reason, finished_at=now, lease_until=None
        )

    def put_back(self) -> None:
        """Leave the work to a later worker; that something was out of reach is no attempt."""
        self._own_run().update(
            state=self.State.QUEUED,
            attempts=models.F("attempts") - 1,
            progress=0.0,
            lease_until=None,
        )

    def stop(self, now: datetime) -> None:
        """Ask the worker to stop; what no worker has yet ends at once."""
        queued = Forecast.objects.filter(pk=self.pk, state=self.State.QUEUED)
        if not queued.update(state=self.State.FAILED, reason=STOPPED, finished_at=now):
            Forecast.objects.filter(pk=self.pk).update(stop_requested=True)

    def queue_again(self, now: datetime) -> bool:
        """Let workers take once more what has failed."""
        failed = Forecast.objects.filter(pk=self.pk, state=self.State.FAILED)
        return bool(
            failed.update(
                state=self.State.QUEUED,
                reason="",
                attempts=0,
                progress=0.0,
                stop_requested=False,
                asked_at=now,
                finished_at=None,
            )
        )

    def _own_run(self) -> models.QuerySet[Forecast]:
        # Whoever takes the work over counts one attempt more.
        return Forecast.objects.filter(pk=self.pk, state=self.State.RUNNING, attempts=self.attempts)
