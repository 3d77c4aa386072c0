from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any, Final, Self

from django.db import models

from apps.accounts.models import Membership, User
from apps.forecasts.models.forecast import FIRST_SHARE, LEASE, MOST_ATTEMPTS, Forecast

STOPPED_EARLY: Final = "It was stopped before more samples were done than the forecast had."


class SamplingQuerySet(models.QuerySet["Sampling"]):
    def editable_by(self, user: User) -> Self:
        return self.filter(
            forecast__version__design__team__memberships__user=user,
            forecast__version__design__team__memberships__role__in=Membership.EDITING_ROLES,
        )

    def with_progress(self) -> Self:
        """Add `done`: the samples that were run until now."""
        return self.annotate(done=models.Sum("slices__done"))

    def unfinished(self, now: datetime) -> Self:
        """Pick those whose slices are all over, and that nobody has put together for long."""
        waiting = SampleSlice.objects.filter(sampling=models.OuterRef("pk")).exclude(
            state=SampleSlice.State.DONE
        )
        running = self.filter(state=Sampling.State.RUNNING, changed_at__lt=now - LEASE)
        return running.filter(~models.Exists(waiting))


class Sampling(models.Model):
    """More joint samples of a forecast than it was made with, in slices that workers take."""

    class State(models.TextChoices):
        RUNNING = "running", "Running"
        DONE = "done", "Done"
        FAILED = "failed", "Failed"

    forecast = models.OneToOneField(Forecast, models.CASCADE, related_name="sampling")
    count = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.RUNNING)
    stop_requested = models.BooleanField(default=False)
    reason = models.TextField(blank=True)
    # Those that were done before it was asked for once more.
    done_before = models.PositiveIntegerField(default=0)
    # The samples that the ranges of the forecast rest on, once they do.
    reached = models.PositiveIntegerField(default=0)
    asked_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)

    # Added by `with_progress`.
    done: int | None

    objects = SamplingQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.count} samples, {self.get_state_display().lower()}"

    @property
    def is_running(self) -> bool:
        return self.state == self.State.RUNNING

    @property
    def is_failed(self) -> bool:
        return self.state == self.State.FAILED

    @property
    def was_stopped(self) -> bool:
        """Say whether it ended because a person wanted it to, with nothing to show for it."""
        return self.is_failed and self.reason == STOPPED_EARLY

    @property
    def is_whole(self) -> bool:
        """Say whether nothing is left to run."""
        return self.state == self.State.DONE and self.reached >= self.count

    @property
    def share(self) -> float:
        """Return the share of the samples that is done; `with_progress` knows. [-]"""
        return (self.done or 0) / self.count

    @property
    def progress_title(self) -> str:
        return f"{self.done or 0:,} of {self.count:,} samples"

    def seconds_left(self, now: datetime) -> float | None:
        """Return how long it will take at the pace until now; None while that is too early."""
        done = self.done or 0
        share = (done - self.done_before) / self.count
        if share < FIRST_SHARE:
            return None
        passed_s = (now - self.asked_at).total_seconds()
        return float(round(passed_s * (1.0 - done / self.count) / share))

    def stop(self, now: datetime) -> bool:
        """Ask the workers to stop; return whether none is at work, so that nobody will hear it."""
        running = Sampling.objects.filter(pk=self.pk, state=self.State.RUNNING)
        if not running.update(stop_requested=True, changed_at=now):
            return False
        waiting = self.slices.filter(state=SampleSlice.State.QUEUED)
        waiting.update(state=SampleSlice.State.DONE, done=0, values={})
        return not self.slices.filter(state=SampleSlice.State.RUNNING).exists()

    def fail(self, reason: str, now: datetime) -> None:
        """End it with a reason that a person can act on; the ranges stay what they were."""
        Sampling.objects.filter(pk=self.pk, state=self.State.RUNNING).update(
            state=self.State.FAILED, reason=reason, changed_at=now, finished_at=now
        )


class SampleSliceQuerySet(models.QuerySet["SampleSlice"]):
    def claim(self, slice_id: uuid.UUID, now: datetime) -> SampleSlice | None:
        """Take a slice to work on; None if it is done, or somebody else has it."""
        waiting = models.Q(state=SampleSlice.State.QUEUED) | self._left(now)
        taken = self._of_running().filter(waiting, pk=slice_id, attempts__lt=MOST_ATTEMPTS)
        found = self.filter(pk__in=taken.values("pk")).update(
            state=SampleSlice.State.RUNNING,
            attempts=models.F("attempts") + 1,
            lease_until=now + LEASE,
            done=0,
        )
        loaded = self.select_related("sampling__forecast__version__design__team")
        return loaded.get(pk=slice_id) if found else None

    def missed(self, now: datetime) -> Self:
        """Pick what no worker has taken for long, and what a worker has left."""
        late = models.Q(state=SampleSlice.State.QUEUED, sampling__changed_at__lt=now - LEASE)
        return self._of_running().filter(late | self._left(now), attempts__lt=MOST_ATTEMPTS)

    def given_up(self, now: datetime) -> Self:
        return self._of_running().filter(self._left(now), attempts__gte=MOST_ATTEMPTS)

    def _of_running(self) -> Self:
        return self.filter(sampling__state=Sampling.State.RUNNING)

    @staticmethod
    def _left(now: datetime) -> models.Q:
        return models.Q(state=SampleSlice.State.RUNNING, lease_until__lt=now)


class SampleSlice(models.Model):
    """Some of the samples: what one worker runs at a time, well within what it may take."""

    class State(models.TextChoices):
        QUEUED = "queued", "Queued"
        RUNNING = "running", "Running"
        DONE = "done", "Done"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    sampling = models.ForeignKey(Sampling, models.CASCADE, related_name="slices")
    # From the first bundle of samples to the one that is the next slice's.
    first_bundle = models.PositiveIntegerField()
    end_bundle = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    lease_until = models.DateTimeField(null=True, blank=True)
    done = models.PositiveIntegerField(default=0)
    # What the engine's `Drawn` wrote.
    values = models.JSONField(default=dict)

    objects = SampleSliceQuerySet.as_manager()

    class Meta:
        ordering = ("first_bundle",)
        constraints = [
            models.UniqueConstraint(fields=["sampling", "first_bundle"], name="sample_slice_once"),
        ]
        indexes = [models.Index(fields=["state", "lease_until"], name="sample_slice_to_claim")]

    def __str__(self) -> str:
        return f"Bundles {self.first_bundle} to {self.end_bundle}"

    def beat(self, done: int, now: datetime) -> bool:
        """Say that the work goes on; False when it was stopped, or is somebody else's by now."""
        wanted = Sampling.objects.filter(state=Sampling.State.RUNNING, stop_requested=False)
        own = self._own_run().filter(sampling__in=wanted)
        return own.update(done=done, lease_until=now + LEASE) == 1

    def keep(self, values: dict[str, Any], done: int) -> None:
        """End the work with what was run of it, if it is still one's own."""
        self._own_run().update(state=self.State.DONE, values=values, done=done, lease_until=None)

    def put_back(self) -> None:
        """Leave the work to a later worker; that something was out of reach is no attempt."""
        queued, one_less = self.State.QUEUED, models.F("attempts") - 1
        self._own_run().update(state=queued, attempts=one_less, done=0, lease_until=None)

    def _own_run(self) -> models.QuerySet[SampleSlice]:
        # Whoever takes the work over counts one attempt more.
        return SampleSlice.objects.filter(
            pk=self.pk, state=self.State.RUNNING, attempts=self.attempts
        )
