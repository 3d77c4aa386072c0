"""Incidents that teams have had: a template, who came, and what it must be put down to."""

from __future__ import annotations

import copy
import dataclasses
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from apps.engine.facts import Facts
from apps.engine.forecast import inputs_of
from apps.engine.formats import read
from apps.engine.headroom.case import Case
from apps.engine.headroom.causes import FirstLimit, first_limit
from apps.engine.headroom.judge import Judge
from apps.engine.headroom.recovery import Recovery, recovery_of
from apps.engine.headroom.search import Found, find_most
from apps.engine.traffic.population import daily_users
from apps.engine.traffic.scenario import Scenario
from apps.facts.reader import packaged_facts

HERE = Path(__file__).parent
NAMES = sorted(path.parent.name for path in HERE.glob("*/label.json"))
SEED = 1


@dataclass(frozen=True)
class Incident:
    """All that decides a verdict, as plain JSON, so that a test can vary it."""

    template: dict[str, Any]
    scenario: dict[str, Any]
    facts: Facts

    @classmethod
    def load(cls, name: str) -> Incident:
        folder = HERE / name
        return cls(
            yaml.safe_load((folder / "template.yaml").read_text()),
            json.loads((folder / "scenario.json").read_text()),
            packaged_facts("us-east-1"),
        )

    def times(self, factor: float, places: list[list[Any]]) -> Incident:
        """Return the incident with numbers at some places so many times as large."""
        other = Incident(copy.deepcopy(self.template), copy.deepcopy(self.scenario), self.facts)
        for where, *path in places:
            if where == "facts":
                other = dataclasses.replace(other, facts=_changed(other.facts, path[0], factor))
                continue
            node: Any = getattr(other, where)
            for step in path[:-1]:
                node = node[step]
            node[path[-1]] = _scaled(node[path[-1]], factor)
        return other

    def renamed(self) -> tuple[Incident, dict[str, str]]:
        """Return the incident with other logical ids, in another order, and the new names."""
        names = {id_: f"Zz{k}{id_[::-1]}" for k, id_ in enumerate(self.template["Resources"])}
        outside = [item["id"] for item in self.scenario.get("outside", ())]
        names |= {id_: f"Aa{id_}Other" for id_ in outside}
        words = re.compile(r"\b(" + "|".join(sorted(names, key=len, reverse=True)) + r")\b")

        def turn(value: Any) -> Any:
            return json.loads(words.sub(lambda m: names[m[1]], json.dumps(value)))

        resources = turn(self.template["Resources"])
        turned = {**turn(self.template), "Resources": dict(reversed(resources.items()))}
        return Incident(turned, turn(self.scenario), self.facts), names

    def verdict(self) -> tuple[float, FirstLimit]:
        """Return the most daily users, and what ends them."""
        case, judge, found = self._searched()
        first = first_limit(case, judge, found)
        assert found.daily_users is not None
        assert first is not None
        return found.daily_users, first

    def recovery(self) -> Recovery | None:
        return recovery_of(*self._searched())

    def _searched(self) -> tuple[Case, Judge, Found]:
        scenario = Scenario.from_dict(self.scenario)
        template = json.dumps(self.template).encode()
        inputs, _ = inputs_of(read({"template.json": template}), scenario, self.facts)
        case = Case(inputs, {})
        judge = Judge(case, SEED)
        start = daily_users(scenario, case.habits, case.requests_per_user_day)
        return case, judge, find_most(case, judge, start)


def label(name: str) -> dict[str, Any]:
    return dict(json.loads((HERE / name / "label.json").read_text()))


def _changed(facts: Facts, quota_id: str, factor: float) -> Facts:
    row = facts.quota_row(quota_id)
    assert row.value is not None
    changed = dataclasses.replace(row, value=row.value * factor)
    return dataclasses.replace(facts, quotas={**facts.quotas, quota_id: changed})


def _scaled(value: Any, factor: float) -> Any:
    scaled = float(value) * factor
    number = int(scaled) if scaled == int(scaled) else scaled
    return str(number) if isinstance(value, str) else number
