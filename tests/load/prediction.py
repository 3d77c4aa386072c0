"""What Headroom says of the load test: a scenario of what was measured, and its answers."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean, quantiles
from typing import Any

from tests.load.house import manage

# Of the standard normal law.
Z_95, Z_99 = 1.645, 2.326
# Each user asks once in 100 s, day and night, so that users are a rate in hundredths.
PER_USER_DAY = 864
FUNCTION, DOOR, DATABASE = "Web", "WebUrl", "Database"


@dataclass(frozen=True, kw_only=True)
class Service:
    """How long a call keeps an environment busy at little load, and what it asks of the others."""

    seconds: Sequence[float]
    queries: float
    database_ms: float
    # Of a request that no environment had to be waited for: door and loopback.
    door_ms: float

    @property
    def mean_s(self) -> float:
        return fmean(self.seconds)

    def percentile_s(self, percent: int) -> float:
        return quantiles(self.seconds, n=100, method="inclusive")[percent - 1]

    @property
    def p99_ratio(self) -> float:
        """Return p99 over median of the lognormal law that has the same p95 over median.

        A p99 of some hundred calls would be two or three of them.
        """
        ratio = self.percentile_s(95) / self.percentile_s(50)
        return max(1.0, math.exp(math.log(ratio) * Z_99 / Z_95))


@dataclass(frozen=True, kw_only=True)
class Expected:
    """What the flows of `manage.py simulate` say of one load."""

    served_per_s: float
    refused_share: float
    p50_ms: float
    p95_ms: float


def scenario(service: Service, per_s: float) -> dict[str, Any]:
    """Return a scenario of a steady load, in which nothing of the function is assumed."""
    return {
        "schema": "headroom/scenario/1",
        "name": f"Load test at {per_s:.3g} requests a second",
        "population": {"unit": "daily_active", "value": per_s * 86_400 / PER_USER_DAY},
        "actions": [{"name": "see the design", "per_user_day": PER_USER_DAY, "entry": DOOR}],
        "day": {
            "hour_shares_percent": [100 / 24] * 24,
            "interpolation": "step",
            "minute_peak_factor": 1,
        },
        "bots": {"share_of_requests": 0},
        "client": {"attempts": 1, "rtt_ms": 0},
        "assume": {
            FUNCTION: {
                "duration_ms": 1e3 * service.mean_s,
                "duration_p99_ratio": service.p99_ratio,
            },
            DOOR: {"latency_ms": service.door_ms},
            "links": [
                {
                    "source": FUNCTION,
                    "target": DATABASE,
                    "calls": service.queries,
                    "connection": {"life": "request"},
                    "db_cpu_ms": service.database_ms,
                }
            ],
        },
    }


class Predictor:
    """Ask Headroom's own commands about the load test."""

    def __init__(self, template: Path, service: Service, folder: Path) -> None:
        self.template, self.service, self.folder = template, service, folder

    def expect(self, per_s: float) -> Expected:
        """Return what the flows say of a steady load."""
        found = self._ask("simulate", per_s)
        pool = next(
            s for s in found["stages"] if (s["component"], s["role"]) == (FUNCTION, "invoke")
        )
        offered, refused = (pool[name]["flows"] / 60 for name in ("offered", "refused"))
        door = next(row for row in found["latency_ms"] if row["component"] == DOOR)
        return Expected(
            served_per_s=offered - refused,
            refused_share=refused / offered,
            p50_ms=door["p50"]["flows"],
            p95_ms=door["p95"]["flows"],
        )

    def first_limit(self, per_s: float) -> dict[str, Any]:
        """Return the limit that a forecast names first."""
        found = self._ask("forecast", per_s)
        return dict(found["first_limit"])

    def _ask(self, command: str, per_s: float) -> dict[str, Any]:
        path = self.folder / "scenario.json"
        path.write_text(json.dumps(scenario(self.service, per_s), indent=1))
        said = manage(command, str(self.template), "--scenario", str(path), "--format", "json")
        return dict(json.loads(said))
