"""The forms of the traffic page as one: scenario, actions, events, assumptions."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.http import QueryDict

from apps.engine.inputs import Inputs, Key
from apps.engine.traffic.presets import PRESET_TABLE
from apps.engine.traffic.scenario import Scenario
from apps.forecasts.forms.assumptions import AssumptionsForm
from apps.forecasts.forms.faults import fault_rows
from apps.forecasts.forms.rows import RowFormSet, row_sets
from apps.forecasts.forms.scenario import ScenarioForm, field_at
from apps.forecasts.scenarios.faults import new_fault
from apps.forecasts.scenarios.offers import OFFERS, SHAPES, Event, shape_of
from apps.forecasts.scenarios.states import States

# The account is no part that breaks.
ACCOUNT_KIND = "account"
# What the buttons that add a fault begin with.
FAULT_ADDED = "fault-"
_PATH = re.compile(r"^'?(?P<path>[\w.\[\]→ ()-]+?)'? (?:must|takes|is )")
_ROW = re.compile(r"(actions|events|faults)\[(\d+)\]\.(\w+)")


class TrafficForm:
    """What is typed on the page; valid only if all its parts are."""

    def __init__(
        self,
        data: QueryDict | None,
        *,
        body: Mapping[str, Any],
        inputs: Inputs | None,
        regions: Iterable[str],
        drivers: Sequence[Key] = (),
    ) -> None:
        entries = [(e.component, e.component) for e in inputs.entries] if inputs else []
        self.scenario = ScenarioForm(data, body=body, regions=regions)
        self.actions, self.events = row_sets(data, body, entries)
        components = (
            [c.id for c in inputs.architecture.modelled() if c.kind != "account"] if inputs else []
        )
        self.faults = fault_rows(data, body, components)
        self.assumptions = AssumptionsForm(data, body=body, inputs=inputs, drivers=drivers)
        self.body = body
        # With every field that a file may leave out.
        self.complete = inputs.scenario.to_dict() if inputs else Scenario.from_dict(body).to_dict()

    @property
    def added(self) -> str:
        """Return what a row was just added of, so that the page opens there."""
        return str(self.scenario.data.get("add", ""))

    @property
    def added_an_event(self) -> bool:
        return bool(self.added) and self.added != "action" and not self.added_a_fault

    @property
    def added_a_fault(self) -> bool:
        return self.added.startswith(FAULT_ADDED)

    @property
    def states(self) -> States:
        return States(self.complete)

    def is_valid(self) -> bool:
        parts = (self.scenario, self.actions, self.events, self.assumptions)
        # Each part is asked, so that all errors are shown at once.
        answers = [part.is_valid() for part in parts]
        return (not self.faults.is_bound or self.faults.is_valid()) and all(answers)

    def typed(self) -> dict[str, Any]:
        """Return the scenario as typed; call it on a valid form."""
        body = self.scenario.body_typed()
        body["actions"], body["events"] = self.actions.rows(), self.events.rows()
        if self.faults.is_bound:
            body["faults"] = self.faults.rows()
        return self.assumptions.put_into(body)

    def refuse(self, sentence: str) -> None:
        """Show what the engine refuses at the field that it names, else above the form."""
        match = _PATH.match(sentence)
        path = match.group("path") if match else ""
        row = _ROW.fullmatch(path)
        if row and self._refuse_row(row, sentence):
            return
        name, form = field_at(path), self.scenario
        if name and path:
            form.add_error(name, sentence.replace(path, str(form.fields[name].label), 1))
            return
        known = self.assumptions.field_for(path.removeprefix("assume."))
        if known:
            self.assumptions.add_error(known, sentence)
        else:
            form.add_error(None, sentence)

    def first_error(self) -> str:
        """Return one sentence of what is refused, with the label of its field."""
        rows = (*self.actions.forms, *self.events.forms, *self.faults.forms)
        for part in (self.scenario, *rows, self.assumptions):
            for name, errors in part.errors.items():
                label = str(part.fields[name].label) if name in part.fields else ""
                sentence = str(errors[0])
                return sentence if sentence.startswith(label) else f"{label}: {sentence}"
        return ""

    def _refuse_row(self, row: re.Match[str], sentence: str) -> bool:
        rows: RowFormSet = getattr(self, row.group(1))
        kept = [form for form in rows.forms if form not in rows.deleted_forms]
        number, name = int(row.group(2)), row.group(3)
        if number >= len(kept) or name not in kept[number].fields:
            return False
        label = kept[number].fields[name].label
        kept[number].add_error(name, sentence.replace(row.group(0), label, 1))
        return True


def offered_event(preset: str) -> tuple[str, Event]:
    """Return what the preset's kind of application has to survive, in words and as an event."""
    return PRESET_TABLE[preset].offer, OFFERS[preset]


def with_row(data: QueryDict, what: str) -> QueryDict:
    """Return what was posted with one row more: an action, or an event of some shape."""
    changed = data.copy()
    if what == "action":
        changed["actions-TOTAL_FORMS"] = str(_total(data, "actions") + 1)
        return changed
    if what.startswith(FAULT_ADDED):
        return _with_fault(changed, what.removeprefix(FAULT_ADDED))
    event = _event(what, data.get("preset", ""))
    number = _total(data, "events")
    changed["events-TOTAL_FORMS"] = str(number + 1)
    changed[f"events-{number}-shape"] = shape_of(event)
    for name, value in event.items():
        is_share = name.endswith("_share")
        changed[f"events-{number}-{name}"] = f"{100 * value:g}" if is_share else str(value)
    return changed


def _with_fault(changed: QueryDict, kind: str) -> QueryDict:
    number = _total(changed, "faults")
    changed["faults-TOTAL_FORMS"] = str(number + 1)
    for name, value in new_fault(kind).items():
        is_time = name == "for_s"
        changed[f"faults-{number}-{name}"] = f"{value / 60:g}" if is_time else str(value)
    return changed


def _event(what: str, preset: str) -> Event:
    if what in SHAPES:
        return SHAPES[what][1]
    return OFFERS.get(preset, OFFERS["web-shop"])


def _total(data: QueryDict, prefix: str) -> int:
    text = data.get(f"{prefix}-TOTAL_FORMS", "0")
    # Never more rows than a formset takes, whatever was posted.
    return min(int(text), 49) if text.isdecimal() else 0
