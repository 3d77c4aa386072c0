"""One resource of every sort that a serverless application is made of."""

from __future__ import annotations

from pathlib import Path

import pytest

from apps.engine.catalog import KINDS
from apps.engine.forecast import forecast, summary_of
from apps.engine.formats.cloudformation import read_templates
from apps.engine.graph import Architecture
from tests.engine.worlds import facts, scenario

TEMPLATE = Path(__file__).with_name("one_of_each.yaml")
# Made by the engine, standing in for what has no kind of its own, or nothing that is made.
NOT_IN_TEMPLATES = {"account", "data_transfer", "not_modelled", "scan", "service_api"}


@pytest.fixture(scope="module")
def design() -> Architecture:
    return read_templates({TEMPLATE.name: TEMPLATE.read_bytes()})


def test_every_kind_is_read(design: Architecture) -> None:
    assert {component.kind for component in design} == set(KINDS) - NOT_IN_TEMPLATES
    assert design.not_modelled() == ()


def test_the_whole_of_it_has_a_forecast(design: Architecture) -> None:
    summary = summary_of(forecast(design, scenario(10_000), facts()))

    assert summary["holds_users"]["expected"] > 0
    assert summary["first_limit"]["component"] in {component.id for component in design} | {
        "account:us-east-1"
    }
    assert summary["imbalance"] < 1e-9
