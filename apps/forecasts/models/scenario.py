from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models

from apps.accounts.models import Membership, User
from apps.designs.models import Design
from apps.forecasts.models.forecast import Forecast

if TYPE_CHECKING:
    from apps.engine.traffic.scenario import Scenario as EngineScenario


class ScenarioQuerySet(models.QuerySet["Scenario"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(design__team__memberships__user=user)

    def editable_by(self, user: User) -> Self:
        return self.filter(
            design__team__memberships__user=user,
            design__team__memberships__role__in=Membership.EDITING_ROLES,
        )


class Scenario(models.Model):
    """What a team says of its users, for one design."""

    design = models.OneToOneField(Design, models.CASCADE, related_name="scenario")
    name = models.CharField(max_length=100, blank=True)
    # `headroom/scenario/1`, opaque to SQL; read it through `parsed`.
    body = models.JSONField(default=dict)
    revision = models.PositiveIntegerField(default=1)
    updated_at = models.DateTimeField(auto_now=True)

    objects = ScenarioQuerySet.as_manager()

    def __str__(self) -> str:
        return self.name or "Scenario"

    def drivers(self) -> list[tuple[str, str]]:
        """Return the inputs that move the newest verdict most, by owner and name: a query."""
        done = Forecast.objects.filter(version__design=self.design_id, state=Forecast.State.DONE)
        newest = done.order_by("-asked_at", "-pk").values_list("summary", flat=True)[:1]
        return [(row["owner"], row["name"]) for summary in newest for row in summary["drivers"]]

    def parsed(self) -> EngineScenario:
        """Return the scenario as the engine reads it. Raises InvalidScenario."""
        # Imported here: every process loads this model, few of them the engine.
        from apps.engine.traffic.scenario import Scenario as EngineScenario

        return EngineScenario.from_dict(self.body)
