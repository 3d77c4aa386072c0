"""Lambda function: environments, reserved and provisioned concurrency, async events, its bill."""

from __future__ import annotations

import pytest

from apps.engine.catalog.base import InvalidSetting, Meters
from apps.engine.catalog.lambda_function import LambdaFunction
from apps.engine.graph import Link
from apps.engine.pricing import price_bill
from apps.engine.stages.pool import Pool
from apps.engine.stages.queue import Queue
from tests.engine.catalog.building import (
    US,
    lanes_of,
    link_from,
    make_kind,
    make_place,
    read_template,
    run,
    usage_of,
)

CONSTANT = {"It": {"own_ms": 100.0, "init_ms": 0.0}}


def test_concurrency_is_rate_times_duration() -> None:
    seen = run({"It": LambdaFunction()}, enter=("It", "invoke"), rps=50.0, values=CONSTANT)

    assert seen.model.v[seen.at("It", "invoke").port.held] == pytest.approx(5.0)
    assert seen.count("It", "invoke", "refused") == 0.0


def test_reserved_concurrency_refuses_what_finds_no_environment() -> None:
    function = LambdaFunction(reserved_concurrency=10)

    seen = run({"It": function}, enter=("It", "invoke"), rps=200.0, values=CONSTANT)

    assert seen.use("It", "invoke", "concurrency") == pytest.approx(2.0)
    # Erlang B: 20 erlangs on 10 servers lose 0.538.
    refused = seen.count("It", "invoke", "refused") / (200.0 * 600)
    assert refused == pytest.approx(0.538, abs=0.005)
    limit = next(x for x in function.limits(US, make_place(function)) if x.gauge == "concurrency")
    assert limit.capacity == 10
    assert limit.check_command == "aws lambda get-function-concurrency --function-name It"


def test_it_draws_on_the_account_unless_it_is_reserved() -> None:
    # quotas.csv: lambda.concurrent_executions, default_value 1000.
    assert lanes_of(LambdaFunction())["invoke"].draws == ("lambda.concurrent_executions",)
    assert US.quota("lambda.concurrent_executions") == 1_000
    assert lanes_of(LambdaFunction(reserved_concurrency=5))["invoke"].draws == ()


def test_a_rush_is_refused_until_the_pool_has_grown() -> None:
    """5,000 environments at once are wanted; 1,000 come in 10 s."""
    seconds = {"It": {"own_ms": 1_000.0, "init_ms": 0.0}}

    seen = run({"It": LambdaFunction()}, enter=("It", "invoke"), rps=5_000.0, values=seconds,
               seconds=10)  # fmt: skip

    # quotas.csv: lambda.concurrency_scaling_rate, default_value 1000 environments/10s.
    limit, _ = LambdaFunction().limits(US, make_place(LambdaFunction()))
    assert limit.capacity == US.quota("lambda.concurrency_scaling_rate") == 1_000
    assert seen.count("It", "invoke", "refused") > 0.3 * 50_000
    assert seen.use("It", "invoke", "scaling") > 1.0


def test_batch_that_takes_longer_than_the_timeout_fails() -> None:
    """A hundred records of 100 ms each take 10 s; AWS's default timeout is 3 s."""
    (_, limit) = LambdaFunction().limits(US, make_place(LambdaFunction()))

    # quotas.csv: lambda.function_timeout_default, default_value 3 seconds.
    assert limit.capacity == US.quota("lambda.function_timeout_default") == 3
    assert not limit.grows


def test_events_wait_where_callers_are_refused() -> None:
    components = {
        "Topic": make_kind("sns_topic"),
        "It": LambdaFunction(memory_mb=1769, reserved_concurrency=1),
    }
    link = Link(source="Topic", target="It", role="event", mode="async")

    seen = run(components, [link], enter=("Topic", "publish"), rps=50.0, values=CONSTANT)

    assert seen.count("It", "event", "refused") == 0.0
    waiting, handled = seen.count("It", "retry", "waiting"), seen.count("It", "retry", "passed")
    assert waiting + handled == pytest.approx(30_000, rel=0.01)
    assert waiting > 10_000


def test_it_has_a_door_for_events_where_something_sends_them() -> None:
    place = make_place(LambdaFunction(), inbound=[link_from("event")])

    lanes = lanes_of(LambdaFunction(), place)

    assert set(lanes) == {"event", "retry", "invoke"}
    (queue,) = lanes["retry"].stages
    assert isinstance(queue, Queue)
    # quotas.csv: lambda.async_max_event_age, default_value 21600 s.
    assert queue.keep_s == US.quota("lambda.async_max_event_age") == 21_600
    assert set(lanes_of(LambdaFunction())) == {"invoke"}


@pytest.mark.parametrize(
    ("runtime", "memory_mb", "own_ms"),
    [
        # 12 ms of Python at a full vCPU, which 1,769 MB give; 13.8 times as long at 128 MB.
        ("python3.13", 1769, 12.0),
        ("python3.13", 128, 12.0 * 1769 / 128),
        ("nodejs22.x", 3538, 8.0),
        ("provided.al2023", 1769, 3.0),
        ("cobol", 1769, 12.0),
    ],
)
def test_less_memory_is_less_processor(runtime: str, memory_mb: int, own_ms: float) -> None:
    function = LambdaFunction(runtime=runtime, memory_mb=memory_mb, timeout_s=10)

    # quotas.csv: lambda.memory_per_vcpu, default_value 1769 MB.
    assert US.quota("lambda.memory_per_vcpu") == 1_769
    assert function.assumed(US)["own_ms"].expected == pytest.approx(own_ms)


def test_cold_starts_are_those_measured_for_the_runtime() -> None:
    measured = US.init_ms("python3.13", "zip", "x86_64")

    assert measured is not None
    assert LambdaFunction().assumed(US)["init_ms"].expected == measured.init_ms_p50


def test_provisioned_environments_do_not_start_cold() -> None:
    (pool,) = lanes_of(LambdaFunction(provisioned_concurrency=20))["invoke"].stages
    assert isinstance(pool, Pool)
    assert pool.ready == 20.0

    seen = run(
        {"It": LambdaFunction(provisioned_concurrency=20)},
        enter=("It", "invoke"),
        rps=50.0,
        values=CONSTANT,
    )

    at = seen.at("It", "invoke")
    # Five are busy on average; one request in four million finds all twenty busy.
    assert at.stage.meters(at.port, seen.model.v)["cold_starts"] < 0.01


def test_it_bills_as_aws_shows_it() -> None:
    """https://aws.amazon.com/lambda/pricing/: 3 million of 120 ms with 1,536 MB cost $2.73."""
    function = LambdaFunction(memory_mb=1536)
    meters = Meters(passed={"invoke": 3e6}, busy_s=3e6 * 0.120)

    bill = price_bill([("It", usage) for usage in function.usage(meters)], US, free_tier=True)

    assert float(bill.monthly_usd) == pytest.approx(2.73, abs=0.01)


def test_it_bills_logs_and_cold_starts() -> None:
    meters = Meters(passed={"invoke": 1e6}, busy_s=1e5, init_s=1e4, log_bytes=2 * 2**30)

    lines = usage_of(LambdaFunction(memory_mb=512), meters)

    assert lines["lambda.gb_second.x86"].quantity == pytest.approx(0.5 * 1.1e5)
    assert lines["cw.logs_ingest_gb"].quantity == 2.0


def test_provisioned_concurrency_is_billed_idle() -> None:
    function = LambdaFunction(memory_mb=1024, provisioned_concurrency=10, architecture="arm64")

    lines = usage_of(function, Meters(hours=730.0))

    # prices.csv: lambda.pc_gb_second.arm 0.0000033334.
    assert lines["lambda.pc_gb_second.arm"].quantity == 10 * 730 * 3600
    bill = price_bill([("It", lines["lambda.pc_gb_second.arm"])], US)
    assert float(bill.monthly_usd) == pytest.approx(10 * 730 * 3600 * 0.0000033334)


@pytest.mark.parametrize("type_", ["AWS::Lambda::Function", "AWS::Serverless::Function"])
def test_it_reads_templates(type_: str) -> None:
    assert read_template(
        LambdaFunction,
        type_,
        {
            "Runtime": "nodejs22.x",
            "MemorySize": "256",
            "Timeout": 20,
            "ReservedConcurrentExecutions": 5,
            "Architectures": ["arm64"],
            "VpcConfig": {"SubnetIds": ["subnet-1"]},
            "EphemeralStorage": {"Size": 1024},
        },
    ) == {
        "runtime": "nodejs22.x",
        "memory_mb": 256,
        "timeout_s": 20.0,
        "reserved_concurrency": 5,
        "architecture": "arm64",
        "is_in_vpc": True,
        "ephemeral_mb": 1024,
    }


def test_it_reads_what_sam_provisions() -> None:
    assert read_template(
        LambdaFunction,
        "AWS::Serverless::Function",
        {"ProvisionedConcurrencyConfig": {"ProvisionedConcurrentExecutions": 7}},
    ) == {"provisioned_concurrency": 7}


def test_it_refuses_what_aws_refuses() -> None:
    # quotas.csv: lambda.memory_max 10240 MB, lambda.function_timeout_max 900 s.
    with pytest.raises(InvalidSetting, match="Memory must be between 128 and 10,240 MB, not 64"):
        LambdaFunction(memory_mb=64)
    with pytest.raises(InvalidSetting, match="Timeout must be between 1 and 900 s"):
        LambdaFunction(timeout_s=901)


def test_a_template_may_let_it_call_itself() -> None:
    for value, is_allowed in (("Allow", True), ("Terminate", False)):
        settings = read_template(LambdaFunction, "AWS::Lambda::Function", {"RecursiveLoop": value})
        assert settings == {"allows_recursion": is_allowed}
