"""What has no model: shown, passed through in no time, never billed."""

from __future__ import annotations

import pytest

from apps.engine.catalog.base import Meters
from apps.engine.catalog.not_modelled import NotModelled
from apps.engine.graph import Link
from tests.engine.catalog.building import US, make_kind, make_place, run


def test_it_passes_everything_on_in_no_time() -> None:
    components = {
        "Search": NotModelled(type="AWS::OpenSearchService::Domain"),
        "Handler": make_kind("lambda_function", memory_mb=1769),
    }
    link = Link(source="Search", target="Handler", role="invoke")

    seen = run(components, [link], enter=("Search", "any"), rps=10.0)

    assert seen.count("Handler", "invoke", "offered") == pytest.approx(6_000)
    handler_s = seen.model.v[seen.at("Handler", "invoke").port.response]
    assert seen.model.v[seen.at("Search", "any").port.response] == pytest.approx(handler_s)


def test_it_claims_no_limit_and_no_cost() -> None:
    kind = NotModelled(type="AWS::OpenSearchService::Domain", reason="It has no model yet.")

    assert kind.limits(US, make_place(kind)) == ()
    assert kind.usage(Meters(passed={"any": 1e9})) == ()
    assert kind.reason == "It has no model yet."
