"""REST API: throttle, cache, cost, template."""

from __future__ import annotations

import pytest

from apps.engine.catalog.base import InvalidSetting, Meters
from apps.engine.catalog.rest_api import CACHE_SIZES_GB, RestApi
from apps.engine.formats.infracost import meters_of
from apps.engine.formats.terraform.settings import settings_of
from apps.engine.graph import Link
from apps.engine.pricing import price_bill
from apps.engine.stages.cache import Cache
from apps.engine.stages.delay import Delay
from apps.engine.stages.gate import Gate
from tests.engine.catalog.building import (
    US,
    lanes_of,
    make_kind,
    make_place,
    read_template,
    run,
    usage_of,
)


def test_it_draws_on_the_throttle_of_the_account() -> None:
    (lane,) = RestApi().stages(US, make_place(RestApi()))

    assert lane.role == "request"
    assert lane.draws == ("apigateway.throttle_rate",)
    assert lane.stages == (Delay(0.010),)
    # quotas.csv: apigateway.throttle_rate, default_value 10000 (us-east-1).
    assert US.quota(lane.draws[0]) == 10_000


def test_it_refuses_above_the_throttle_of_its_stage() -> None:
    api = RestApi(throttle_rate_rps=100, throttle_burst=50)

    seen = run({"Api": api}, enter=("Api", "request"), rps=200.0)

    assert seen.count("Api", "request", "refused") == pytest.approx(0.5 * 120_000, rel=0.01)
    assert seen.use("Api", "request", "rate") == pytest.approx(2.0)
    (limit,) = api.limits(US, make_place(api))
    assert (limit.id, limit.capacity, limit.unit) == ("apigateway.stage_throttle", 100, "req/s")
    assert limit.effect == "429 to clients"


def test_a_burst_that_is_not_said_is_that_of_the_account() -> None:
    gate = lanes_of(RestApi(throttle_rate_rps=100))["request"].stages[0]

    # quotas.csv: apigateway.throttle_burst, default_value 5000.
    assert isinstance(gate, Gate)
    assert gate.burst == US.quota("apigateway.throttle_burst") == 5000


def test_its_cache_answers_a_share_of_the_requests() -> None:
    function = make_kind("lambda_function", memory_mb=1769)
    link = Link(source="Api", target="Handler", role="invoke")

    seen = run(
        {"Api": RestApi(cache_gb="0.5"), "Handler": function},
        [link],
        enter=("Api", "request"),
        rps=100.0,
        values={"Api": {"hit_share": 0.8}},
    )

    assert seen.count("Handler", "invoke", "offered") == pytest.approx(0.2 * 60_000, rel=0.001)
    assert [type(stage) for stage in lanes_of(RestApi(cache_gb="0.5"))["request"].stages] == [
        Delay,
        Cache,
    ]


def test_a_hit_share_is_assumed_only_where_there_is_a_cache() -> None:
    assert "hit_share" not in RestApi().assumed(US)
    assert RestApi(cache_gb="237").assumed(US)["hit_share"].expected == 0.5


def test_it_offers_the_cache_sizes_of_aws() -> None:
    # quotas.csv: apigateway.cache_sizes, default_value "0.5,1.6,6.1,13.5,28.4,58.2,118,237".
    sizes = US.quota_row("apigateway.cache_sizes").text.split(",")

    assert sizes == list(CACHE_SIZES_GB)
    for size in sizes:
        assert US.price(f"apigw.cache_hour.{size}gb") is not None
    with pytest.raises(InvalidSetting, match=r"Cache must be one of .*, not '1'\."):
        RestApi(cache_gb="1")


def test_it_bills_requests_and_transfer() -> None:
    meters = Meters(passed={"request": 1e6}, bytes_out=5e9, is_edge=True)

    bill = price_bill([("Api", usage) for usage in RestApi().usage(meters)], US)

    # prices.csv: apigw.rest.requests 0.0000035 (first 333M), dto.internet_gb 0.09.
    assert bill.is_complete
    assert float(bill.monthly_usd) == pytest.approx(3.50 + 5e9 / 2**30 * 0.09, abs=0.01)


def test_transfer_is_billed_where_users_come_in() -> None:
    behind = Meters(passed={"request": 1e6}, bytes_out=5e9, is_edge=False)

    assert usage_of(RestApi(), behind)["dto.internet_gb"].quantity == 0.0


def test_it_bills_the_cache_by_the_hour() -> None:
    bill = price_bill(
        [("Api", usage) for usage in RestApi(cache_gb="1.6").usage(Meters(hours=730.0))], US
    )

    # prices.csv: apigw.cache_hour.1.6gb 0.038.
    assert float(bill.monthly_usd) == pytest.approx(730 * 0.038)


def test_it_reads_templates() -> None:
    assert read_template(
        RestApi, "AWS::ApiGateway::RestApi", {"EndpointConfiguration": {"Types": ["REGIONAL"]}}
    ) == {"endpoint_type": "REGIONAL"}
    assert read_template(
        RestApi,
        "AWS::Serverless::Api",
        {"EndpointConfiguration": {"Type": "PRIVATE"}, "CacheClusterSize": 0.5},
    ) == {"endpoint_type": "PRIVATE", "cache_gb": "0.5"}
    assert read_template(
        RestApi, "AWS::Serverless::Api", {"EndpointConfiguration": "REGIONAL"}
    ) == {"endpoint_type": "REGIONAL"}
    assert read_template(RestApi, "AWS::ApiGateway::Stage", {"CacheClusterSize": "118"}) == {
        "cache_gb": "118"
    }


def test_its_timeout_is_that_of_aws() -> None:
    # quotas.csv: apigateway.integration_timeout_rest, default_value 29.
    assert RestApi().integration_timeout_s == US.quota("apigateway.integration_timeout_rest") == 29
    assert RestApi().endpoint_type == "EDGE"
    with pytest.raises(InvalidSetting, match=r"Integration timeout must be between 0\.05 and 300"):
        RestApi(integration_timeout_s=301)


def test_it_is_raised_to_what_is_asked() -> None:
    raised = RestApi(throttle_rate_rps=100).raised(US, {("request", "rate"): 2.345})

    assert raised == RestApi(throttle_rate_rps=235)
    assert RestApi().raised(US, {}) == RestApi()


def test_a_private_one_sends_nothing_to_the_internet() -> None:
    meters = Meters(passed={"request": 1e6}, bytes_out=5e9, is_edge=True)

    assert usage_of(RestApi(endpoint_type="PRIVATE"), meters)["dto.internet_gb"].quantity == 0.0


def test_requests_cost_less_the_more_there_are() -> None:
    meters = meters_of(RestApi, "aws_api_gateway_rest_api", {"monthly_requests": 21e9})

    bill = price_bill([("Api", line) for line in RestApi().usage(meters)], US)

    # prices.csv: 333 million at 3.50, 667 at 2.80, 19 billion at 2.38 a million, the rest at 1.51.
    assert float(bill.monthly_usd) == pytest.approx(333 * 3.5 + 667 * 2.8 + 19e3 * 2.38 + 1510)


@pytest.mark.parametrize(
    ("stage", "size"),
    [
        ({"cache_cluster_enabled": True, "cache_cluster_size": 0.5}, "0.5"),
        ({"cache_cluster_enabled": True, "cache_cluster_size": "237"}, "237"),
        ({"cache_cluster_enabled": False, "cache_cluster_size": 237}, ""),
        ({"stage_name": "prod"}, ""),
    ],
)
def test_a_stage_has_a_cache_where_it_is_on(stage: dict[str, object], size: str) -> None:
    assert settings_of(RestApi, "aws_api_gateway_stage", stage).get("cache_gb", "") == size
