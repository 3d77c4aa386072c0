"""Ten incidents after public reports: the right resource comes first, and moves as by hand."""

from __future__ import annotations

from typing import Any

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


def crowded(name: str, *changes: tuple[list[Any], Any]) -> Incident:
    """Return an incident with some values set, each by its place."""
    incident = Incident.load(name)
    for (where, *path), value in changes:
        node: Any = getattr(incident, where)
        for step in path[:-1]:
            node = node[step]
        node[path[-1]] = value
    return incident


DATABASE: list[Any] = ["template", "Resources", "FormsDbParameters", "Properties", "Parameters"]
TICKET: list[Any] = ["template", "Resources", "Ticket", "Properties"]
STUBBORN = {"attempts": 3, "retry_on": ["429", "5xx"], "delay_s": 1}


@pytest.mark.parametrize(
    ("incident", "cause"),
    [
        # Queries wait for two processors, so that few requests take all environments.
        (
            crowded(
                "database_connections",
                ([*DATABASE, "max_connections"], "2000"),
                (["scenario", "assume", "links", 0, "db_cpu_ms"], 5),
                (["scenario", "account", "lambda_concurrency"], 100),
                (["scenario", "client"], STUBBORN),
            ),
            "FormsDb",
        ),
        # The caller has hardly more room than it needs, and waits for what is repeated.
        (
            crowded("retry_storm", ([*TICKET, "ReservedConcurrentExecutions"], 120)),
            "SeatTable",
        ),
        (
            crowded(
                "third_party_limit",
                (["scenario", "client"], STUBBORN),
                (["scenario", "sdk"], {"mode": "standard", "attempts": 3}),
                (["scenario", "account"], {"lambda_concurrency": 240}),
            ),
            "CardGateway",
        ),
    ],
    ids=["slow database", "full table", "limited third party"],
)
def test_what_starts_a_storm_is_named_and_not_its_victim(incident: Incident, cause: str) -> None:
    _, first = incident.verdict()

    assert first.component == cause
