"""Ten incidents after public reports: the right resource comes first, and moves as by hand."""

from __future__ import annotations

import pytest

from tests.incidents.incident import NAMES, Incident, label

every_incident = pytest.mark.parametrize("name", NAMES)


def test_there_are_ten() -> None:
    assert len(NAMES) == 10


@every_incident
def test_the_right_resource_comes_first(name: str) -> None:
    said, (users, first) = label(name), Incident.load(name).verdict()

    assert (first.component, first.limit) == (said["component"], said["limit"])
    by_hand = said["holds_daily_users"]
    assert by_hand["low"] <= users <= by_hand["high"], by_hand["arithmetic"]


@every_incident
def test_its_limit_doubled_moves_the_verdict_as_by_hand(name: str) -> None:
    said, incident = label(name)["doubled"], Incident.load(name)
    before, _ = incident.verdict()

    after, _ = incident.times(2.0, said["at"]).verdict()

    assert said["ratio"]["low"] <= after / before <= said["ratio"]["high"], said["arithmetic"]


@every_incident
def test_another_limit_cut_to_a_tenth_becomes_first(name: str) -> None:
    said, incident = label(name)["tenth"], Incident.load(name)
    before, _ = incident.verdict()

    after, first = incident.times(0.1, said["at"]).verdict()

    assert (first.component, first.limit) == (said["component"], said["limit"])
    assert after < before


@every_incident
def test_names_and_order_change_nothing(name: str) -> None:
    incident = Incident.load(name)
    users, first = incident.verdict()
    other, names = incident.renamed()

    same, again = other.verdict()

    assert same == pytest.approx(users, rel=1e-6)
    assert again.component == names.get(first.component, first.component)
    assert (again.limit, again.at) == (first.limit, first.at)
    assert again.used == pytest.approx(first.used, rel=1e-6)
