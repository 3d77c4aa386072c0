from __future__ import annotations

import dataclasses

import pytest

from apps.designs.settings_form import settings_form, settings_of
from apps.engine.catalog import KINDS, build
from apps.engine.catalog.base import Kind
from apps.engine.catalog.lambda_function import LambdaFunction
from apps.engine.catalog.rest_api import RestApi
from apps.engine.graph import Component

FORMED = [kind for kind in KINDS.values() if kind.name != "not_modelled"]


@pytest.mark.parametrize("kind", FORMED, ids=lambda kind: kind.name)
def test_every_kind_comes_back_from_its_form_as_it_was(kind: type[Kind]) -> None:
    values = dataclasses.asdict(build(Component(id="x", kind=kind.name)))
    typed = {name: "" if value is None else value for name, value in values.items()}

    form = settings_form(kind)({**typed, "version": 3})

    assert form.is_valid(), form.errors
    assert form.cleaned_data["version"] == 3
    assert settings_of(form, kind, {}) == {}
    assert settings_of(form, kind, values) == values


@pytest.mark.parametrize("kind", FORMED, ids=lambda kind: kind.name)
def test_every_setting_has_a_label(kind: type[Kind]) -> None:
    form = settings_form(kind)()

    assert [
        name for name, field in form.fields.items() if not (field.label or field.widget.is_hidden)
    ] == []


def test_it_draws_units_bounds_and_switches() -> None:
    form = settings_form(LambdaFunction)()

    memory, vpc = form.fields["memory_mb"], form.fields["is_in_vpc"]
    assert memory.label == "Memory"
    assert memory.widget.attrs == {"data-unit": "MB", "min": 128, "max": 10_240}
    assert 'type="checkbox"' in str(form["is_in_vpc"])
    assert not vpc.required
    assert not form.fields["reserved_concurrency"].required
    assert form.fields["reserved_concurrency"].help_text == "Empty: shares the account's."


def test_empty_choice_has_a_word() -> None:
    form = settings_form(RestApi)()

    choices = dict(form.fields["cache_gb"].choices)  # type: ignore[attr-defined]
    assert choices[""] == "none"
    assert choices["0.5"] == "0.5 GB"
    assert not form.fields["cache_gb"].required
