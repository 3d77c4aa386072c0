"""What a pipeline asks of a forecast; each gate that is not met is one sentence."""

from __future__ import annotations

import math
from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Any, Self

Summary = Mapping[str, Any]
# The exit status where one is not met.
NOT_MET = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Gates:
    """Bounds that may each be left out; `fail_on_worse` is a percentage of the users held."""

    min_headroom: float | None = None
    max_monthly_usd: float | None = None
    max_p99_ms: float | None = None
    fail_on_worse: float | None = None

    @classmethod
    def of(cls, options: Mapping[str, Any]) -> Self:
        return cls(**{item.name: options[item.name] for item in fields(cls)})

    def not_met(self, summary: Summary, baseline: Summary | None = None) -> list[str]:
        """Return a sentence for each gate that the forecast does not pass."""
        return [*self._absolute(summary), *self._against(summary, baseline)]

    def _absolute(self, summary: Summary) -> Iterator[str]:
        headroom, cost = summary["headroom"]["expected"], summary["cost"]["monthly_usd"]
        least, most_usd, most_ms = self.min_headroom, self.max_monthly_usd, self.max_p99_ms
        if least is not None and headroom is not None and headroom < least:
            yield f"Headroom is {headroom:.3g}, asked is at least {least:g}."
        if most_usd is not None and cost > most_usd:
            yield f"It costs ${cost:,.2f} a month, allowed are ${most_usd:,.2f}."
        if most_ms is None:
            return
        p99 = summary["latency_ms"]["p99"]
        if p99 is not None and p99 > most_ms:
            yield f"p99 is {p99:,.0f} ms, allowed are {most_ms:,g} ms."
        if p99 is None and held(summary) < summary["asked_users"]:
            yield (
                f"p99 has no value, as the design does not hold the users asked for; allowed are "
                f"{most_ms:,g} ms."
            )

    def _against(self, summary: Summary, baseline: Summary | None) -> Iterator[str]:
        if self.fail_on_worse is None or baseline is None:
            return
        before, now = held(baseline, summary["holds_users"]["unit"]), held(summary)
        if before is None or now >= before * (1.0 - self.fail_on_worse / 100.0):
            return
        fall = 100.0 if math.isinf(before) else 100.0 * (1.0 - now / before)
        yield (
            f"Users held fall by {fall:.3g}% against the baseline, allowed are "
            f"{self.fail_on_worse:g}%."
        )


def held(summary: Summary, unit: str = "") -> Any:
    """Return the users held in a unit, infinite where nothing binds; None where it is not known."""
    holds = summary["holds_users"]
    if holds["expected"] is None:
        return math.inf
    if not unit or unit == holds["unit"]:
        return holds["expected"]
    return holds.get("equivalents", {}).get(unit)


def bound(text: str) -> float:
    """Return a bound of a gate: a number from 0 on. Raises ArgumentTypeError."""
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not (0.0 <= value < math.inf):
        raise ArgumentTypeError(f"{text!r} is no bound: say a number from 0 on.")
    return value


def add_gates(parser: ArgumentParser) -> None:
    add = parser.add_argument
    add("--min-headroom", type=bound, metavar="X", help="exit 3 below")
    add("--max-monthly-usd", type=bound, metavar="X", help="exit 3 above")
    add("--max-p99-ms", type=bound, metavar="X", help="exit 3 above, or where users do not fit")
    add(
        "--fail-on-worse",
        type=bound,
        metavar="PCT",
        help="exit 3 if the users held fall by more against the baseline",
    )
