"""A forecast: the verdict, and all that it rests on."""

from __future__ import annotations

from dataclasses import dataclass

from apps.engine.circles import Circle
from apps.engine.curve import Outcome, Size
from apps.engine.forecast.economics import Economics
from apps.engine.forecast.faults import FaultOutcome
from apps.engine.forecast.today import Today
from apps.engine.headroom.case import Case
from apps.engine.headroom.causes import FirstLimit
from apps.engine.headroom.drivers import Ranges
from apps.engine.headroom.fixing import Fix
from apps.engine.headroom.judge import Judge, Missed
from apps.engine.headroom.recovery import Recovery
from apps.engine.headroom.search import Found
from apps.engine.inputs import Inputs


@dataclass(frozen=True, slots=True)
class Verdict:
    """How many users, what ends it, and what was set aside."""

    found: Found
    first: FirstLimit | None
    fix: Fix | None
    missed: tuple[Missed, ...]
    recovery: Recovery | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """The answer to one question; `summary_of` writes it as JSON."""

    inputs: Inputs
    circles: tuple[Circle, ...]
    case: Case
    judge: Judge
    verdict: Verdict
    asked: float
    unit_factor: float
    day: Outcome
    sizes: tuple[Size, ...]
    ranges: Ranges
    economics: Economics
    today: Today
    faults: tuple[FaultOutcome, ...]
    seed: int
    sha256: str
