"""State machine: starts, transitions, executions under way, both bills."""

from __future__ import annotations

import pytest

from apps.engine.catalog.base import InvalidSetting, Kind, Meters
from apps.engine.catalog.state_machine import StateMachine
from apps.engine.formats.terraform.settings import settings_of
from apps.engine.graph import Link
from apps.engine.pricing import price_bill
from apps.engine.stages.pool import Pool
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

TASK = Link(source="Flow", target="Task", role="invoke", calls=1.0)


# quotas.csv: 300 s, bounds one execution whatever their number.
LONGEST = "states.execution_time_express"


def flow(machine: StateMachine) -> dict[str, Kind]:
    return {"Flow": machine, "Task": make_kind("lambda_function", memory_mb=1769)}


@pytest.mark.parametrize("type_", ["STANDARD", "EXPRESS"])
def test_it_runs_its_tasks_for_every_start(type_: str) -> None:
    seen = run(flow(StateMachine(type=type_)), [TASK], enter=("Flow", "start"), rps=10.0)

    assert seen.count("Task", "invoke", "passed") == pytest.approx(6_000, rel=0.01)
    # 30 ms to start; the starter does not wait for the tasks.
    assert seen.model.v[seen.at("Flow", "start").port.response] == pytest.approx(0.030)


def test_a_synchronous_start_waits_for_the_tasks() -> None:
    components = {"Api": make_kind("http_api"), **flow(StateMachine(type="EXPRESS", wait_s=2.0))}
    start = Link(source="Api", target="Flow", role="start_sync")

    seen = run(components, [start, TASK], enter=("Api", "request"), rps=10.0)

    assert seen.model.v[seen.at("Api", "request").port.response] > 2.04
    assert seen.count("Task", "invoke", "passed") == pytest.approx(6_000, rel=0.01)


def test_synchronous_express_starts_count_against_no_quota() -> None:
    """https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html"""
    express, standard = StateMachine(type="EXPRESS"), StateMachine()
    by_sync = make_place(express, inbound=[link_from("start_sync")])

    seen = run(
        {"Api": make_kind("http_api"), "Flow": express},
        [Link(source="Api", target="Flow", role="start_sync")],
        enter=("Api", "request"),
        rps=9_000.0,
    )

    assert seen.count("Flow", "start_sync", "refused") == 0.0
    assert "states.start_express_refill" not in {x.id for x in express.limits(US, by_sync)}
    assert "states.start_execution_refill" in {x.id for x in standard.limits(US, by_sync)}


@pytest.mark.parametrize(
    ("type_", "rate"),
    [
        # quotas.csv: states.start_execution_refill, default_value 300 in us-east-1.
        ("STANDARD", 300.0),
        # quotas.csv: states.start_express_refill, default_value 6000.
        ("EXPRESS", 6_000.0),
    ],
)
def test_it_refuses_to_start_more_than_its_quota(type_: str, rate: float) -> None:
    machine = StateMachine(type=type_)

    seen = run({"Flow": machine}, enter=("Flow", "start"), rps=2.0 * rate)

    assert seen.use("Flow", "start", "rate") == pytest.approx(2.0)
    assert seen.count("Flow", "start", "refused") == pytest.approx(600 * rate, rel=0.02)
    limit = machine.limits(US, make_place(machine))[0]
    assert (limit.capacity, limit.unit) == (rate, "executions/s")
    assert limit.check_command.startswith(
        "aws service-quotas get-service-quota --service-code states --quota-code L-"
    )


def test_a_burst_of_starts_is_taken_from_the_bucket() -> None:
    # quotas.csv: states.start_execution_bucket, default_value 1300.
    seen = run({"Flow": StateMachine()}, enter=("Flow", "start"), rps=1_500.0, seconds=1)

    assert seen.count("Flow", "start", "refused") == 0.0


def test_executions_go_on_late_above_the_rate_of_transitions() -> None:
    """Executions of 50 states pass 100 a second: 5,000 transitions."""
    machine = StateMachine(states=50)

    seen = run(flow(machine), [TASK], enter=("Flow", "start"), rps=200.0)

    # quotas.csv: states.transition_refill, default_value 5000 in us-east-1.
    assert US.quota("states.transition_refill") == 5_000
    assert seen.use("Flow", "work", "rate") == pytest.approx(1.0)
    assert seen.count("Task", "invoke", "offered") == pytest.approx(100 * 600, rel=0.02)
    assert seen.count("Flow", "start", "refused") == 0.0
    assert seen.count("Flow", "run", "waiting") == pytest.approx(100 * 600, rel=0.02)


def test_an_express_workflow_has_no_rate_of_transitions() -> None:
    machine = StateMachine(type="EXPRESS", states=50)

    seen = run({"Flow": machine}, enter=("Flow", "start"), rps=1_000.0)

    assert seen.count("Flow", "run", "waiting") < 2_000
    ids = {limit.id for limit in machine.limits(US, make_place(machine))}
    assert "states.start_express_refill" in ids
    assert "states.transition_refill" not in ids


def test_executions_that_wait_stay_open() -> None:
    """100 a second that wait an hour are 360,000 open of a million."""
    machine = StateMachine(states=2, wait_s=3600.0)

    seen = run({"Flow": machine}, enter=("Flow", "start"), rps=100.0)

    # quotas.csv: states.open_executions, default_value 1000000.
    assert seen.gauge("Flow", "run", "in_flight").limit.capacity == 1_000_000
    assert seen.use("Flow", "run", "in_flight") == pytest.approx(0.36, rel=0.01)


def test_a_failed_task_is_tried_again_and_then_given_up() -> None:
    """A function without an environment never answers: every attempt fails."""
    components: dict[str, Kind] = {
        "Flow": StateMachine(retries=1),
        "Task": make_kind("lambda_function", reserved_concurrency=0),
    }

    seen = run(components, [TASK], enter=("Flow", "start"), rps=10.0)

    assert seen.count("Task", "invoke", "passed") == 0.0
    given_up = seen.count("Flow", "run", "refused")
    waiting = seen.count("Flow", "run", "waiting")
    assert given_up + waiting == pytest.approx(6_000, rel=0.01)
    assert given_up > 5_500


def test_an_express_workflow_ends_after_five_minutes() -> None:
    express = StateMachine(type="EXPRESS", wait_s=10.0)

    (pool,) = lanes_of(express)["work"].stages

    # quotas.csv: states.execution_time_express, default_value 300 s.
    assert isinstance(pool, Pool)
    assert pool.timeout_s == US.quota("states.execution_time_express") == 300
    assert pool.own_s == 10.0


def test_it_has_the_doors_that_are_used() -> None:
    machine = StateMachine()
    by_both = make_place(machine, inbound=[link_from("start"), link_from("start_sync")])
    by_sync = make_place(machine, inbound=[link_from("start_sync")])

    assert set(lanes_of(machine, by_both)) == {"start", "run", "start_sync", "work"}
    assert set(lanes_of(machine, by_sync)) == {"start_sync", "work"}
    assert set(lanes_of(machine)) == {"start", "run", "work"}


def test_transitions_follow_the_definition() -> None:
    assumed, counted = StateMachine().assumed(US), StateMachine(states=8).assumed(US)

    assert (assumed["transitions"].low, assumed["transitions"].expected) == (2.0, 5.0)
    assert assumed["transitions"].high == 20.0
    assert counted["transitions"].expected == 8.0


def test_it_bills_transitions() -> None:
    machine = StateMachine(states=4)
    meters = Meters(passed={"start": 1e6}, values=machine.billed(make_place(machine)))
    usages = [("Flow", usage) for usage in machine.usage(meters)]

    # prices.csv: sfn.standard.transitions 0.000025, the first 4,000 a month free.
    assert float(price_bill(usages, US).monthly_usd) == pytest.approx(4e6 * 0.000025)
    free = price_bill(usages, US, free_tier=True)
    assert float(free.monthly_usd) == pytest.approx((4e6 - 4_000) * 0.000025)


def test_it_bills_the_transitions_in_force() -> None:
    machine = StateMachine()
    unsaid = Meters(passed={"start": 1e3}, values=machine.billed(make_place(machine)))
    said = Meters(
        passed={"start": 1e3}, values=machine.billed(make_place(machine, transitions=12.0))
    )

    assert usage_of(machine, unsaid)["sfn.standard.transitions"].quantity == 5e3
    assert usage_of(machine, said)["sfn.standard.transitions"].quantity == 12e3


def test_it_bills_express_by_request_and_duration() -> None:
    """A million executions of 120 ms are billed as 200 ms of 64 MB each."""
    machine = StateMachine(type="EXPRESS")
    meters = Meters(passed={"start": 4e5, "start_sync": 6e5}, busy_s=1e6 * 0.120)

    bill = price_bill([("Flow", usage) for usage in machine.usage(meters)], US)

    # prices.csv: sfn.express.requests 0.000001, sfn.express.gb_hour 0.060012 (first 1,000 GB-h).
    hours = 1e6 * 0.2 * (64 / 1024) / 3600
    assert bill.is_complete
    assert float(bill.monthly_usd) == pytest.approx(1.0 + hours * 0.060012)


def test_the_duration_of_express_executions_is_counted() -> None:
    machine = StateMachine(type="EXPRESS", wait_s=1.0)

    seen = run({"Flow": machine}, enter=("Flow", "start"), rps=10.0)

    work = seen.at("Flow", "work")
    busy_s = work.stage.meters(work.port, seen.model.v)["busy_s"]
    assert busy_s == pytest.approx(6_000, rel=0.02)


def test_it_reads_templates() -> None:
    states = {"Start": {"Type": "Task"}, "Check": {"Type": "Choice"}, "End": {"Type": "Succeed"}}

    assert read_template(
        StateMachine,
        "AWS::StepFunctions::StateMachine",
        {"StateMachineType": "EXPRESS", "Definition": {"States": states}},
    ) == {"type": "EXPRESS", "states": 3}
    assert read_template(
        StateMachine,
        "AWS::Serverless::StateMachine",
        {"Type": "STANDARD", "Definition": {"States": states}},
    ) == {"type": "STANDARD", "states": 3}
    with pytest.raises(InvalidSetting, match="Workflow must be one of STANDARD, EXPRESS"):
        StateMachine(type="FAST")


@pytest.mark.parametrize(
    ("memory_mb", "lasts_s", "billed_mb", "billed_s"),
    [(0, 0.123, 64, 0.2), (64, 0.1, 64, 0.1), (65, 0.101, 128, 0.2), (512, 0.8, 512, 0.8)],
)
def test_an_express_execution_is_billed_in_steps_of_memory_and_time(
    memory_mb: float, lasts_s: float, billed_mb: float, billed_s: float
) -> None:
    machine = StateMachine(type="EXPRESS", memory_mb=memory_mb)
    meters = Meters(passed={"start": 1e6}, busy_s=1e6 * lasts_s)

    line = usage_of(machine, meters)["sfn.express.gb_hour"]

    assert line.quantity == pytest.approx(1e6 * billed_s * billed_mb / 1024 / 3600)


def test_transitions_that_are_given_stand_as_they_are() -> None:
    meters = Meters(passed={"start": 1e6}, given={"transitions": 10_000.0})

    assert usage_of(StateMachine(), meters)["sfn.standard.transitions"].quantity == 10_000


def test_it_counts_the_states_of_a_definition_in_json() -> None:
    definition = '{"StartAt": "A", "States": {"A": {"Next": "B"}, "B": {"End": true}}}'

    read = settings_of(StateMachine, "aws_sfn_state_machine", {"definition": definition})

    assert read == {"states": 2}
    cut = {"definition": "<<EOF\n{", "type": "EXPRESS"}
    assert settings_of(StateMachine, "aws_sfn_state_machine", cut) == {"type": "EXPRESS"}
