"""Every assumed value of a design as a field: empty is assumed, a number is known."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms import BoundField

from apps.engine.inputs import TRAFFIC, Input, Inputs, Key
from apps.forecasts.forms.numbers import NumberField
from apps.forecasts.presenting.names import input_words
from apps.forecasts.scenarios.assuming import value_in, with_value

# More than any of these can be; it keeps a slip of the hand out of the engine.
MOST = 1e12
SHOWN_FIRST = 8


@dataclass(frozen=True, slots=True)
class AssumptionRow:
    """A value with its range, its rule, and the field to change it."""

    owner: str
    words: str
    spread: Any
    is_set: bool
    is_driver: bool
    field: BoundField


class AssumptionsForm(forms.Form):
    """Fields by "owner|name", those that move the verdict most first."""

    prefix = "assume"

    def __init__(
        self, data: Any, *, body: Mapping[str, Any], inputs: Inputs | None, drivers: Sequence[Key]
    ) -> None:
        super().__init__(data)
        self.body, self.drivers = body, drivers
        self.items = _ordered(inputs, body, drivers) if inputs else []
        for number, item in enumerate(self.items):
            self.fields[_name(item.key)] = _field(item, number, value_in(body, *item.key))

    def rows(self) -> Iterator[AssumptionRow]:
        for item in self.items:
            yield AssumptionRow(
                owner=item.key[0],
                words=input_words(item.key[1]),
                spread=item.spread,
                is_set=value_in(self.body, *item.key) is not None,
                is_driver=item.key in self.drivers,
                field=self[_name(item.key)],
            )

    def first_rows(self) -> list[AssumptionRow]:
        return list(self.rows())[:SHOWN_FIRST]

    def other_rows(self) -> list[AssumptionRow]:
        return list(self.rows())[SHOWN_FIRST:]

    @property
    def state(self) -> str:
        """Say in one line how many values are assumed, and how many are known."""
        known = sum(value_in(self.body, *item.key) is not None for item in self.items)
        line = f"{len(self.items) - known} values, the largest effect on the verdict first"
        return f"{line}; {known} set by you" if known else line

    def put_into(self, body: dict[str, Any]) -> dict[str, Any]:
        """Return the scenario with what was typed here; call it on a valid form."""
        for item in self.items:
            value = self.cleaned_data[_name(item.key)]
            # What is kept as a range is left alone until another number is typed.
            if value != value_in(body, *item.key):
                body = with_value(body, *item.key, value)
        return body

    def field_for(self, path: str) -> str | None:
        """Return the field of a path such as `Checkout.own_ms`."""
        names = {f"{owner}.{name}": _name((owner, name)) for (owner, name) in self._keys()}
        return names.get(path)

    def _keys(self) -> list[Key]:
        return [item.key for item in self.items]


def _ordered(inputs: Inputs, body: Mapping[str, Any], drivers: Sequence[Key]) -> list[Input]:
    """Return what is assumed or set, the largest effects first, habits left to their fields."""
    place = {key: number for number, key in enumerate(drivers)}
    items = [
        item
        for item in inputs.by_key.values()
        if item.key[0] != TRAFFIC and (item.is_open or value_in(body, *item.key) is not None)
    ]
    return sorted(items, key=lambda item: place.get(item.key, len(place)))


def _field(item: Input, number: int, known: float | None) -> NumberField:
    field = NumberField(
        label=f"{item.key[0]}: {input_words(item.key[1])}",
        unit=item.spread.unit,
        min_value=0,
        max_value=MOST,
        required=False,
        initial=known,
    )
    field.widget.attrs |= {
        "id": f"id_assume_{number}",
        "placeholder": f"{item.spread.expected:.4g}",
    }
    return field


def _name(key: Key) -> str:
    return "|".join(key)
