"""OpenSearch Serverless collection: capacity units that search and index."""

from __future__ import annotations

import pytest

from apps.engine.catalog.base import InvalidSetting, Meters
from apps.engine.catalog.lambda_function import LambdaFunction
from apps.engine.catalog.opensearch_collection import COLLECTION, OpensearchCollection
from apps.engine.graph import Link
from apps.engine.pricing import price_bill
from tests.engine.catalog.building import (
    US,
    make_kind,
    make_place,
    read_template,
    run,
    usage_of,
)


def test_searches_fill_the_most_capacity() -> None:
    collection = OpensearchCollection(max_search_ocu=4, max_index_ocu=2)

    seen = run(
        {"Fn": LambdaFunction(), "Words": collection},
        [Link(source="Fn", target="Words", role="search", calls=2.0)],
        enter=("Fn", "invoke"),
        rps=50.0,
        units=0.01,
    )

    assert seen.use("Words", "search", "servers") == pytest.approx(1.0 / 4)
    limits = {limit.role: limit for limit in collection.limits(US, make_place(collection))}
    assert (limits["search"].capacity, limits["index"].capacity) == (4, 2)
    assert limits["search"].minimum == 1


def test_two_units_run_always_and_one_without_standby() -> None:
    # prices.csv: opensearch.ocu_hour 0.24, "min 2; 1 total with dev/test".
    idle = OpensearchCollection().usage(Meters(stored_gb=10.0))
    lean = usage_of(OpensearchCollection(has_standby=False), Meters())

    assert idle[0].quantity == 2 * 730
    assert lean["opensearch.ocu_hour"].quantity == 730
    bill = price_bill([("Words", line) for line in idle], US)
    assert float(bill.monthly_usd) == pytest.approx(2 * 730 * 0.24 + 10 * 0.024)


def test_a_busy_collection_is_billed_by_what_it_uses_twice() -> None:
    busy = Meters(units={"search": 2000 * 3600.0}, values={"vcpus_per_ocu": 1.0})

    assert usage_of(OpensearchCollection(), busy)["opensearch.ocu_hour"].quantity == 4000 + 730


def test_a_raised_collection_may_take_more_units() -> None:
    raised = OpensearchCollection().raised(US, {("index", "servers"): 2.0})

    assert (raised.max_index_ocu, raised.max_search_ocu) == (25, 10)


def test_it_reads_a_template() -> None:
    settings = read_template(
        OpensearchCollection, COLLECTION, {"Type": "SEARCH", "StandbyReplicas": "DISABLED"}
    )

    assert make_kind("opensearch_collection", **settings) == OpensearchCollection(
        purpose="SEARCH", has_standby=False
    )
    with pytest.raises(InvalidSetting, match="Type must be one of SEARCH"):
        make_kind("opensearch_collection", purpose="GRAPH")


def test_given_capacity_hours_stand_instead_of_those_worked_out() -> None:
    meters = Meters(given={"search_ocu_hours": 1000.0}, units={"index": 0.0})

    lines = usage_of(OpensearchCollection(), meters)

    assert lines["opensearch.ocu_hour"].quantity == 1000.0 + 730.0
