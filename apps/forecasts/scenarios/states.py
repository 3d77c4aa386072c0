"""What is in force in each part of a scenario, as one line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from apps.engine.traffic.presets import PRESET_TABLE, Preset
from apps.forecasts.scenarios.faults import FAULTS

ASSUMED = ", assumed"


@dataclass(frozen=True, slots=True)
class States:
    """One line for each part of the page, so that it need not be opened to be known."""

    body: Mapping[str, Any]

    @property
    def habits(self) -> str:
        said, visits = self.body["visits"]["per_daily_user"], self._preset.visits.expected
        line = f"{_n(visits if said is None else said)} visits a day{'' if said else ASSUMED}"
        actions = self.body["actions"]
        if actions:
            return f"{line}; {len(actions)} {'action' if len(actions) == 1 else 'actions'}"
        each = self._preset.actions.expected * self._preset.requests.expected
        return f"{line}; {_n(each)} requests each{ASSUMED}"

    @property
    def day(self) -> str:
        hours = self.body["day"]["hour_shares_percent"]
        busiest = max(hours) if hours else self._preset.busiest_hour.expected
        return f"{_n(busiest)}% of the day in the busiest hour{'' if hours else ASSUMED}"

    @property
    def events(self) -> str:
        names = [event["name"] or "unnamed" for event in self.body["events"]]
        return ", ".join(names) if names else "None: a plain day"

    @property
    def faults(self) -> str:
        found = [
            f"{FAULTS[fault['kind']][0].lower()} at {fault['at'][:5]}"
            + (f" ({fault['component']})" if fault["component"] else "")
            for fault in self.body["faults"]
        ]
        words = ", ".join(found) or "nothing breaks"
        return words[0].upper() + words[1:]

    @property
    def targets(self) -> str:
        targets = self.body["targets"]
        refused, p95_ms = targets["refused_share"], targets["p95_ms"]
        most = refused["max"] if isinstance(refused, Mapping) else refused
        answers = f"{_n(p95_ms)} ms" if p95_ms else "1,000 ms for pages, 3,000 ms elsewhere"
        return f"At most {_n(100.0 * most)}% refused; 95% of answers within {answers}"

    @property
    def _preset(self) -> Preset:
        return PRESET_TABLE[self.body["preset"]]


def _n(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 1000.0 else f"{value:.3g}"
