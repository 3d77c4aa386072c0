"""What tasks and instances share: whole servers of one size, whose number may follow the load."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Self

from apps.engine.catalog._losses import Loss, What, usual_loss
from apps.engine.catalog.base import (
    Accepts,
    InvalidSetting,
    Kind,
    Limit,
    Place,
    Spread,
    about,
    check_settings,
    setting,
)
from apps.engine.facts import Facts
from apps.engine.stages.base import Lane
from apps.engine.stages.group import Group

OUT_POINTS, IN_POINTS = "autoscaling.tt_scale_out_points", "autoscaling.tt_scale_in_points"
COOLDOWN = "autoscaling.cooldown_ecs"
# A balancer lets a target finish what it works on. Closed connections end a request after a minute.
# https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-target-groups.html
LEAVE_S, PATIENCE_S = 300.0, 60.0
TARGET_PERCENT = 70.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ScaledGroup(Kind):
    """Requests share the processors of all that run; memory and threads are not modelled.

    Where nothing scales it, the desired number stands. None at all serves nobody, so it counts
    as one.
    """

    ENTRY: ClassVar[str] = "request"
    IS_COMPUTE: ClassVar[bool] = True
    ACCEPTS: ClassVar[Mapping[str, Accepts]] = {"request": Accepts("sync")}
    # One of them and several, and what its limits are called.
    WORDS: ClassVar[tuple[str, str]] = ("instance", "instances")
    LIMIT_IDS: ClassVar[tuple[str, str]] = ("", "")

    desired: int | None = setting(
        None, "Desired number", low=0, high=100_000, hint="Empty: the minimum."
    )
    minimum: int = setting(1, "Minimum", low=0, high=100_000)
    maximum: int | None = setting(
        None, "Maximum", low=0, high=100_000, hint="Empty: what is desired."
    )
    scales: bool = setting(False, "Scaled by a policy", hint="Else the desired number stands.")
    target_percent: float | None = setting(
        None, "Target use of processors", unit="%", low=1, high=100
    )
    target_requests: float | None = setting(
        None, "Target requests a minute, each", low=0.001, hint="Instead of use of processors."
    )
    pause_s: float | None = setting(
        None, "Pause before it shrinks", unit="s", low=0, high=86_400, hint="Empty: 300 s."
    )

    def __post_init__(self) -> None:
        check_settings(self)
        if self.maximum is not None and self.maximum < self.minimum:
            raise InvalidSetting(
                f"{self.label}: Maximum must be at least the minimum of {self.minimum}, "
                f"not {self.maximum}."
            )

    @property
    def vcpus(self) -> float:
        """Processors of one. [count]"""
        raise NotImplementedError(self.name)

    @property
    def least(self) -> float:
        """How many always run. [count]"""
        if self.follows:
            return float(max(1, self.minimum))
        wanted = self.minimum if self.desired is None else self.desired
        wanted = max(wanted, self.minimum)
        return float(max(1, wanted if self.maximum is None else min(wanted, self.maximum)))

    @property
    def follows(self) -> bool:
        """Say whether their number follows the load."""
        return self.scales and self.maximum is not None and self.maximum > max(1, self.minimum)

    def most(self, facts: Facts) -> float:
        """Return how many run at most. [count]

        Parameters
        ----------
        facts : Facts
            Prices, quotas and classes of the scenario's Region.

        Returns
        -------
        float
            Instances or tasks; the least where nothing scales them. [count]
        """
        return float(self.maximum or 1) if self.follows else self.least

    def alarm(self, facts: Facts) -> Spread:
        """Return how long the load is above the target before anything happens.

        Parameters
        ----------
        facts : Facts
            Prices, quotas and classes of the scenario's Region.

        Returns
        -------
        Spread
            From one point of a minute to twice those that the alarm asks for. [s]
        """
        points = facts.quota(OUT_POINTS)
        rule = f"{points:g} points of a minute above the target"
        return Spread(60.0 * points, 60.0, 120.0 * points, rule, "s")

    def start_up(self) -> Spread:
        """Return how long one takes from its order until it serves.

        Returns
        -------
        Spread
            Time from the order of an instance or task until it serves. [s]

        Raises
        ------
        NotImplementedError
            If the kind does not say it.
        """
        raise NotImplementedError(self.name)

    def assumed(self, facts: Facts) -> Mapping[str, Spread]:
        values = {
            "cpu_ms": about(
                12.0, down=0.3, up=5.0, rule="Of one full processor, for one request", unit="ms"
            ),
            "latency_ms": about(2.0, up=5.0, rule="Network, beside the processor", unit="ms"),
        }
        if self.follows:
            values["alarm_s"], values["start_s"] = self.alarm(facts), self.start_up()
            if self.target_percent is None and self.target_requests is None:
                rule = "No policy says at which use it scales"
                values["target_percent"] = Spread(TARGET_PERCENT, 50.0, 90.0, rule, "%")
        return values

    def stages(self, facts: Facts, place: Place) -> tuple[Lane, ...]:
        # Less than one processor is one server that is slower.
        each = max(1.0, self.vcpus)
        unit_s = place.value("cpu_ms") / 1000.0 * each / self.vcpus
        group = Group(
            servers=self.most(facts) * each,
            own_s=place.value("latency_ms") / 1000.0,
            patience_s=PATIENCE_S,
            unit_s=unit_s,
            each=each,
            minimum=self.least,
            target=self._target(place, unit_s / each),
            alarm_s=place.values.get("alarm_s", 0.0),
            start_s=place.values.get("start_s", 0.0),
            calm_s=60.0 * facts.quota(IN_POINTS),
            pause_s=facts.quota(COOLDOWN) if self.pause_s is None else self.pause_s,
            leave_s=LEAVE_S,
            counts_requests=self.target_requests is not None,
        )
        return (Lane("request", (group,)),)

    def _target(self, place: Place, request_s: float) -> float:
        """Return the use that is aimed at; one alone is busy with a request for `request_s`."""
        if self.target_requests is not None:
            return self.target_requests / 60.0 * request_s
        percent = self.target_percent or place.values.get("target_percent", TARGET_PERCENT)
        return percent / 100.0

    def limits(self, facts: Facts, place: Place) -> tuple[Limit, ...]:
        most = self._most_limit(facts, place)
        if not self.follows:
            return (most,)
        many = self.WORDS[1]
        lag = dataclasses.replace(
            most,
            id=self.LIMIT_IDS[1],
            gauge="ready",
            label=f"processors of the {many} that run",
            capacity=self.least * self.vcpus,
            effect=f"requests wait until more {many} have started, then time out",
            remedy="Raise the minimum, lower the target, or scale by a schedule before the rush.",
            # It follows the users by itself, and is short only while it lags behind.
            grows=False,
        )
        return (most, lag)

    def _most_limit(self, facts: Facts, place: Place) -> Limit:
        one, many = self.WORDS
        number = self.most(facts)
        return Limit(
            id=self.LIMIT_IDS[0],
            role="request",
            gauge="servers",
            label=f"processors of {number:,.0f} {one if number == 1 else many}"
            + (", the maximum" if self.follows else ""),
            capacity=number * self.vcpus,
            minimum=self.least * self.vcpus,
            unit="vCPU",
            effect="requests wait for a processor, then time out",
            remedy=f"Raise the maximum, or take larger {many}."
            if self.follows
            else f"Let a policy scale it, run more {many}, or larger ones.",
            source_url=self.source_url,
            is_adjustable=True,
            check_command=self.check_command(place),
        )

    def check_command(self, place: Place) -> str:
        """Return the command that shows how many are set; empty where there is none.

        Parameters
        ----------
        place : Place
            Where the component stands, with its id.

        Returns
        -------
        str
            A command of the AWS CLI.
        """
        return ""

    def loses(self, what: What, facts: Facts) -> Loss:
        """Return what the loss of one zone, or of one instance, does: the only one is gone."""
        if self.least > 1.0:
            usual = usual_loss(what, facts)
            return Loss(share=1.0 / self.least) if what == "instance" else usual
        start_s = self.start_up().expected if self.heals else math.inf
        how = "runs again after its start" if self.heals else "is not replaced"
        return Loss(out_s=start_s, why=f"The only {self.WORDS[0]} is gone, and {how}.")

    @property
    def heals(self) -> bool:
        """Say whether AWS runs another in the place of one that failed."""
        return True

    def raised(self, facts: Facts, uses: Mapping[tuple[str, str], float]) -> Self:
        use = uses.get(("request", "servers"), 0.0)
        if use <= 1.0:
            return self
        number = min(100_000, math.ceil(use * self.most(facts)))
        if self.follows:
            return dataclasses.replace(self, maximum=number)
        most = None if self.maximum is None else max(number, self.maximum)
        return dataclasses.replace(self, desired=number, maximum=most)

    def hours(self, above_s: float, hours: float) -> float:
        """Return the hours that all of them ran, of which `above_s` seconds above the least.

        Parameters
        ----------
        above_s : float
            Time of those that ran above the least, summed over them. [s]
        hours : float
            Length of the month. [h]

        Returns
        -------
        float
            Hours of one instance or task, within what the maximum allows. [h]
        """
        above = above_s / 3600.0 if self.follows else 0.0
        most = self.maximum if self.follows else None
        total = self.least * hours + above
        return total if most is None else min(total, float(most) * hours)
