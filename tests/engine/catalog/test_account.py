"""Account quotas: several components draw on one number."""

from __future__ import annotations

import pytest

from apps.engine.catalog.account import QUOTAS, Account
from tests.engine.catalog.building import US, lanes_of, make_kind, make_place, run


def test_functions_share_the_concurrency_of_the_account() -> None:
    function = make_kind("lambda_function", memory_mb=1769)
    components = {
        "Account": Account(lambda_concurrency=10),
        "A": function,
        "B": function,
    }

    seen = run(
        components,
        enter=("A", "invoke"),
        rps=200.0,
        values={"A": {"own_ms": 100.0, "init_ms": 0.0}},
    )

    assert seen.use("Account", "lambda.concurrent_executions", "quota") == pytest.approx(2.0)
    # Erlang B: 20 erlangs on 10 environments lose 0.538.
    refused = seen.count("A", "invoke", "refused") / (200.0 * 600)
    assert refused == pytest.approx(0.538, abs=0.01)
    holders = seen.at("Account", "lambda.concurrent_executions").port.holds
    assert len(holders) == 2


def test_apis_share_the_throttle_of_the_account() -> None:
    components = {"Account": Account(), "A": make_kind("http_api"), "B": make_kind("rest_api")}

    seen = run(components, enter=("A", "request"), rps=15_000.0)

    # quotas.csv: apigateway.throttle_rate 10000 a second, throttle_burst 5000.
    assert seen.use("Account", "apigateway.throttle_rate", "quota") == pytest.approx(1.5)
    assert seen.count("A", "request", "refused") == pytest.approx(5_000 * 600, rel=0.02)


def test_what_others_use_is_not_there() -> None:
    shared = Account(lambda_concurrency=3_000, used_by_others=500)

    assert shared.capacity(US, "lambda.concurrent_executions") == 2_500
    assert Account(used_by_others=5_000).capacity(US, "lambda.concurrent_executions") == 1


def test_its_limits_can_be_looked_up() -> None:
    limits = {limit.id: limit for limit in Account().limits(US, make_place(Account()))}

    # quotas.csv: lambda.concurrent_executions 1000, apigateway.throttle_rate 10000.
    assert limits["lambda.concurrent_executions"].capacity == 1_000
    assert limits["apigateway.throttle_rate"].capacity == 10_000
    assert limits["lambda.concurrent_executions"].check_command == "aws lambda get-account-settings"
    assert set(limits) == set(lanes_of(Account())) == set(QUOTAS)
