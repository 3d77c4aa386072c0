"""Real forecasts of small designs, made once, for tests of what pages make of them."""

from __future__ import annotations

import copy
from functools import cache
from typing import Any

from apps.engine.forecast import forecast, summary_of
from apps.engine.graph import Architecture, Component, Source
from apps.forecasts.presenting import Directory, Report, report_of
from tests.engine import worlds


def narrow_shop() -> Architecture:
    """The shop, with a function that may run five times at once, and a firewall."""
    shop = worlds.shop(reserved_concurrency=5)
    firewall = Component(
        id="Firewall",
        kind="not_modelled",
        settings={"type": "AWS::WAFv2::WebACL", "reason": "No model yet."},
        source=Source("shop.yaml", 63),
    )
    components = (*shop.components, firewall)
    return Architecture(components=components, links=shop.links)


@cache
def _summary(users: float) -> dict[str, Any]:
    return summary_of(forecast(narrow_shop(), worlds.scenario(users), worlds.facts()))


def summary(users: float = 10_000, **changed: Any) -> dict[str, Any]:
    """Return the summary of the narrow shop, with some of its parts changed."""
    return {**copy.deepcopy(_summary(users)), **changed}


def report(users: float = 10_000, **changed: Any) -> Report:
    return report_of(summary(users, **changed), names())


def names() -> Directory:
    return Directory(narrow_shop(), "/designs/1/")
