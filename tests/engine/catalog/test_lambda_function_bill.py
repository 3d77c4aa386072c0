"""What a Lambda function costs: durations, what is kept ready, snapshots, pollers."""

from __future__ import annotations

import pytest

from apps.engine.catalog.base import InvalidSetting, Meters
from apps.engine.catalog.lambda_function import LambdaFunction
from apps.engine.catalog.lambda_url import LambdaUrl
from apps.engine.pricing import price_bill
from apps.engine.stages.erlang import erlang_b
from tests.engine.catalog.building import US, make_place, run, usage_of

X86 = "lambda.gb_second.x86"


def usd(kind: LambdaFunction, meters: Meters, *, free_tier: bool = False) -> float:
    bill = price_bill([("It", use) for use in kind.usage(meters)], US, free_tier=free_tier)
    assert bill.is_complete
    return float(bill.monthly_usd)


def test_a_mean_duration_of_a_usage_file_is_rounded_up_to_a_millisecond() -> None:
    function = LambdaFunction(memory_mb=1024)

    lines = usage_of(function, Meters(passed={"invoke": 1e6}, busy_s=100_200.0))

    assert lines[X86].quantity == pytest.approx(101_000)


def test_a_simulated_duration_is_half_a_millisecond_longer_on_the_bill() -> None:
    function = LambdaFunction(memory_mb=1024)
    values = function.billed(make_place(function))

    meters = Meters(passed={"invoke": 1e6}, busy_s=100_200.0, values=values)

    assert usage_of(function, meters)[X86].quantity == pytest.approx(100_700)


def test_what_finds_an_environment_ready_has_a_lower_price() -> None:
    function = LambdaFunction(memory_mb=1024, provisioned_concurrency=10)
    meters = Meters(passed={"invoke": 1e6}, busy_s=1e5, ready_busy_s=6e4, init_s=100.0)

    lines = usage_of(function, meters)

    assert lines[X86].quantity == pytest.approx(4e4 + 100.0)
    assert lines["lambda.pc_duration_gb_second.x86"].quantity == pytest.approx(6e4)
    assert lines["lambda.pc_gb_second.x86"].quantity == 10 * 730 * 3600


@pytest.mark.parametrize(("hours", "billed"), [(8.0, 8.0), (0.01, 1 / 12), (1.26, 16 / 12)])
def test_what_is_kept_ready_is_billed_in_steps_of_five_minutes(hours: float, billed: float) -> None:
    function = LambdaFunction(memory_mb=1024, provisioned_concurrency=1)

    lines = usage_of(function, Meters(given={"ready_hours": hours}))

    assert lines["lambda.pc_gb_second.x86"].quantity == pytest.approx(billed * 3600)


def test_a_run_says_how_much_of_the_time_was_served_by_what_was_ready() -> None:
    # 5 requests a second of 1 s each at 6 ready ones: what finds all busy goes elsewhere, so
    # that they carry a(1 - B(6, a)), with Erlang's B.
    function = LambdaFunction(provisioned_concurrency=6, timeout_s=60.0)
    own = {"own_ms": 1000.0, "duration_p99_ratio": 1.0}

    seen = run({"F": function}, enter=("F", "invoke"), rps=5.0, values={"F": own})

    work = seen.at("F", "invoke")
    meters = work.stage.meters(work.port, seen.model.v)
    carried = 1.0 - float(erlang_b(5.0, servers=6))
    assert meters["ready_busy_s"] / meters["busy_s"] == pytest.approx(carried, rel=0.01)


def test_temporary_storage_is_billed_above_what_is_free() -> None:
    function = LambdaFunction(ephemeral_mb=10_240)

    lines = usage_of(function, Meters(passed={"invoke": 1e6}, busy_s=1e5))

    assert lines["lambda.ephemeral_gb_second"].quantity == pytest.approx(9.5 * 1e5)


def test_a_snapshot_is_kept_for_three_hours_at_least_and_restored_at_each_start() -> None:
    function = LambdaFunction(runtime="python3.13", memory_mb=2048, snap_start=True)

    lines = usage_of(function, Meters(cold_starts=1000.0, given={"snapstart_hours": 1.0}))

    assert lines["lambda.snapstart.cache_gb_second"].quantity == 2 * 3 * 3600
    assert lines["lambda.snapstart.restore_gb"].quantity == 2000
    java = usage_of(LambdaFunction(runtime="java21", snap_start=True), Meters(cold_starts=9.0))
    assert not any("snapstart" in price_id for price_id in java)


def test_pollers_tenants_and_durable_functions_have_their_lines() -> None:
    function = LambdaFunction(memory_mb=2048, isolates_tenants=True, sqs_epus=2, kafka_epus=1)
    given = {"durable_operations": 1e6, "durable_written_gb": 2.0, "durable_retained_gb": 3.0}

    lines = usage_of(function, Meters(cold_starts=100.0, given=given))

    assert lines["lambda.tenant_isolation_gb"].quantity == 200
    assert lines["lambda.esm.epu_hour.sqs"].quantity == 1460
    assert lines["lambda.esm.epu_hour.kafka"].quantity == 730
    assert lines["lambda.durable.operations"].quantity == 1e6
    assert lines["lambda.durable.written_gb"].quantity == 2
    assert lines["lambda.durable.retained_gb_month"].quantity == 3


@pytest.mark.parametrize(("size_kb", "requests"), [(256, 1.0), (257, 2.0), (320, 2.0), (1024, 13)])
def test_an_event_counts_again_for_each_64_kb_above_256(size_kb: float, requests: float) -> None:
    meters = Meters(passed={"invoke": 1e6}, given={"events": 1e6, "event_kb": size_kb})

    assert usage_of(LambdaFunction(), meters)["lambda.requests"].quantity == requests * 1e6


def test_free_units_are_for_what_is_not_kept_ready() -> None:
    function = LambdaFunction(memory_mb=1024, provisioned_concurrency=1)
    meters = Meters(passed={"invoke": 1e6}, busy_s=4e5, ready_busy_s=1e5, hours=0.0)

    # 300,000 GB-s are free, 100,000 at 0.0000097222 are not.
    assert usd(function, meters, free_tier=True) == pytest.approx(0.97222)


def test_a_savings_plan_has_prices_of_its_own_and_none_is_guessed() -> None:
    function = LambdaFunction(committed_years=3, payment="all upfront", provisioned_concurrency=1)

    bill = price_bill([("It", use) for use in function.usage(Meters(busy_s=100.0))], US)

    assert [line.price_id for line in bill.not_priced] == [
        f"{X86}.savings_3y_all",
        "lambda.pc_gb_second.x86.savings_3y_all",
    ]
    with pytest.raises(InvalidSetting, match="must be 1 or 3 years, not 2"):
        LambdaFunction(committed_years=2)


def test_a_streamed_answer_costs_above_its_first_six_megabytes() -> None:
    meters = Meters(passed={"request": 1000.0}, bytes_out=1000.0 * 8 * 2**20, is_edge=True)

    streamed = usage_of(LambdaUrl(invoke_mode="RESPONSE_STREAM"), meters)
    buffered = usage_of(LambdaUrl(), meters)

    assert streamed["lambda.response_streaming_gb"].quantity == pytest.approx(2000 / 1024)
    assert "lambda.response_streaming_gb" not in buffered
