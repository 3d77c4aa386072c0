"""SSM parameter: 40 reads a second for the account, standard ones free."""

from __future__ import annotations

import pytest

from apps.engine.catalog.account import Account
from apps.engine.catalog.base import InvalidSetting, Meters
from apps.engine.catalog.lambda_function import LambdaFunction
from apps.engine.catalog.ssm_parameter import PARAMETER, SsmParameter
from apps.engine.graph import Link
from tests.engine.catalog.billing import billed
from tests.engine.catalog.building import make_kind, read_template, run, usage_of


def test_forty_reads_a_second_end_what_reads_at_every_request() -> None:
    # quotas.csv: ssm.get_parameter_default 40 tps; facts.md: "the classic cold-start storm limit".
    seen = run(
        {"Fn": LambdaFunction(), "Param": SsmParameter(), "account:x": Account()},
        [Link(source="Fn", target="Param", role="get", calls=1.0)],
        enter=("Fn", "invoke"),
        rps=80.0,
        seconds=300,
    )

    quota = seen.gauge("account:x", "ssm.get_parameter_default", "quota")
    assert quota.limit.capacity == 40
    assert seen.model.v[quota.slot] >= 2.0
    passed = seen.count("Param", "get", "passed")
    assert passed == pytest.approx(40 * 300, rel=0.02)


def test_the_quota_stands_only_where_parameters_are() -> None:
    plain = run({"Fn": LambdaFunction(), "account:x": Account()}, enter=("Fn", "invoke"), rps=1.0)

    roles = {item.role for item in plain.model.placed}
    assert "ssm.get_parameter_default" not in roles
    assert "lambda.concurrent_executions" in roles


def test_standard_parameters_are_free() -> None:
    # prices.csv: ssm.advanced_month 0.05.
    meters = Meters(passed={"get": 1e6})

    assert SsmParameter().usage(meters) == ()
    lines = usage_of(SsmParameter(tier="Advanced"), meters)
    assert (lines["ssm.advanced_month"].quantity, lines["ssm.requests"].quantity) == (1, 1e6)


def test_it_reads_a_template() -> None:
    assert read_template(SsmParameter, PARAMETER, {"Tier": "Advanced"}) == {"tier": "Advanced"}
    with pytest.raises(InvalidSetting, match="Tier must be one of Standard"):
        make_kind("ssm_parameter", tier="Gold")


def test_calls_cost_where_parameters_are_advanced_or_throughput_is_higher() -> None:
    usage = {"monthly_api_interactions": 50}
    higher = usage | {"api_throughput_limit": "higher"}

    assert billed("aws_ssm_parameter", {"tier": "Standard"}, usage) == {}
    assert billed("aws_ssm_parameter", {}, higher) == {"ssm.requests": 50}
    half = usage | {"parameter_storage_hrs": 365}
    assert billed("aws_ssm_parameter", {"tier": "Advanced"}, half) == {
        "ssm.advanced_month": 0.5,
        "ssm.requests": 50,
    }
