"""The table of the load test: predicted beside measured, and the warm page beside a bare one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import median, quantiles
from typing import Any

from tests.load.prediction import FUNCTION, Expected, Service

LIMIT = "lambda.reserved_concurrency"
WITHIN, WITHIN_OVER, LEAST_WARM = 0.15, 0.10, 0.3


@dataclass(frozen=True)
class Measured:
    """One run of one load, without its first seconds."""

    offered: int
    refused: int
    seconds: float
    waited_s: tuple[float, ...]
    core_share: float
    # Of the environments' core, what somebody else had of it.
    others_share: float = 0.0

    @property
    def served_per_s(self) -> float:
        return (self.offered - self.refused) / self.seconds

    @property
    def refused_share(self) -> float:
        return self.refused / self.offered

    def percentile_ms(self, percent: int) -> float:
        return 1e3 * quantiles(self.waited_s, n=100, method="inclusive")[percent - 1]

    def __str__(self) -> str:
        return (
            f"{self.served_per_s:.1f}/s served, {self.refused_share:.1%} refused, "
            f"p50 {self.percentile_ms(50):.0f} ms, p95 {self.percentile_ms(95):.0f} ms, "
            f"the environments' core {self.core_share:.0%} busy, "
            f"{self.others_share:.0%} with others"
        )


@dataclass(frozen=True)
class Warm:
    """Requests in a second of one environment, block by block: the design page, a bare view."""

    ours: tuple[float, ...]
    bare: tuple[float, ...]

    @property
    def ratio(self) -> float:
        return median(a / b for a, b in zip(self.ours, self.bare, strict=True))


@dataclass(frozen=True)
class Row:
    load: float
    name: str
    predicted: float
    measured: float
    within: float | None

    @property
    def off(self) -> float:
        return self.predicted / self.measured - 1.0 if self.measured else 0.0

    @property
    def is_met(self) -> bool:
        return self.within is None or abs(self.off) <= self.within

    def text(self) -> str:
        goal = "" if self.within is None else f"{self.within:.0%} {'ok' if self.is_met else 'MISS'}"
        return (
            f"{self.load:>6.0%}  {self.name:<18}{self.predicted:>10.4g}{self.measured:>10.4g}"
            f"{self.off:>+9.1%}  {goal}"
        )


@dataclass(frozen=True)
class Report:
    environments: int
    service: Service
    capacity_per_s: float
    expected: Mapping[float, Expected]
    seen: Mapping[float, Sequence[Measured]]
    first: Mapping[str, Any]
    warm: Warm | None = None

    def with_warm(self, warm: Warm) -> Report:
        return replace(self, warm=warm)

    @property
    def is_first_right(self) -> bool:
        return (self.first["component"], self.first["limit"]) == (FUNCTION, LIMIT)

    @property
    def is_met(self) -> bool:
        is_warm = self.warm is None or self.warm.ratio >= LEAST_WARM
        return self.is_first_right and is_warm and all(row.is_met for row in self.rows())

    def rows(self) -> list[Row]:
        return [row for load in self.expected for row in self._rows(load)]

    def _rows(self, load: float) -> list[Row]:
        expected, runs, is_over = self.expected[load], self.seen[load], load > 1.0
        within = WITHIN_OVER if is_over else WITHIN
        served = median(run.served_per_s for run in runs)
        share = median(run.refused_share for run in runs)
        p50, p95 = (median(run.percentile_ms(percent) for run in runs) for percent in (50, 95))
        latency = None if is_over else within
        return [
            Row(load, "served a second", expected.served_per_s, served, within),
            Row(
                load,
                "refused, %",
                1e2 * expected.refused_share,
                1e2 * share,
                within if is_over else None,
            ),
            Row(load, "p50, ms", expected.p50_ms, p50, latency),
            Row(load, "p95, ms", expected.p95_ms, p95, latency),
        ]

    def text(self) -> str:
        return "\n".join([*self._measured(), "", *self._compared(), "", *self._limit(), ""])

    def _measured(self) -> list[str]:
        service = self.service
        mean, middle, p95 = (
            1e3 * value
            for value in (service.mean_s, service.percentile_s(50), service.percentile_s(95))
        )
        return [
            f"{self.environments} environments; a call takes {mean:.1f} ms on average, "
            f"{middle:.1f} at the median, {p95:.1f} at p95;",
            f"{service.queries:.1f} statements of {service.database_ms:.2f} ms; the door takes "
            f"{service.door_ms:.1f} ms; capacity {self.capacity_per_s:.1f} requests a second.",
        ]

    def _compared(self) -> list[str]:
        head = f"{'load':>6}  {'':<18}{'predicted':>10}{'measured':>10}{'off':>9}  within"
        busy = [f"{median(run.core_share for run in runs):.0%}" for runs in self.seen.values()]
        return [
            head,
            *(row.text() for row in self.rows()),
            f"The environments' core was {', '.join(busy)} busy with them, and up to "
            f"{self.others_share():.0%} with others; beyond a few per cent nothing here counts.",
        ]

    def others_share(self) -> float:
        return max(run.others_share for runs in self.seen.values() for run in runs)

    def _limit(self) -> list[str]:
        said = "ok" if self.is_first_right else "MISS"
        lines = [
            f"First limit: {self.first['label']} of {self.first['component']}  {said}",
            *(f"  {line}" for line in self.first["why"]),
        ]
        if self.warm is not None:
            said = "ok" if self.warm.ratio >= LEAST_WARM else "MISS"
            ours, bare = median(self.warm.ours), median(self.warm.bare)
            lines += [
                f"Warm requests a second: design page {ours:.1f}, bare view of one query "
                f"{bare:.1f}: {self.warm.ratio:.2f} times, at least {LEAST_WARM}  {said}"
            ]
        return lines
