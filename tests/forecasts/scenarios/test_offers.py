from __future__ import annotations

import pytest

from apps.engine.traffic.scenario import PRESETS, Scenario
from apps.forecasts.scenarios.offers import OFFERS, SHAPES, shape_of


def test_every_preset_offers_an_event() -> None:
    assert set(OFFERS) == set(PRESETS)


@pytest.mark.parametrize("preset", PRESETS)
def test_offers_are_events_of_the_file(preset: str) -> None:
    scenario = Scenario.from_dict({"preset": preset, "events": [OFFERS[preset]]})

    assert scenario.events[0].name


@pytest.mark.parametrize("shape", SHAPES)
def test_shape_is_told_from_the_event(shape: str) -> None:
    assert shape_of(SHAPES[shape][1]) == shape
