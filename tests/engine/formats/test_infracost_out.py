from __future__ import annotations

import math
from typing import Any

import pytest

from apps.engine.catalog import KINDS
from apps.engine.catalog.base import Kind, Meters, with_quantities
from apps.engine.catalog.lambda_function import LambdaFunction
from apps.engine.formats.infracost import meters_of
from apps.engine.formats.infracost_out import meters_again, told_of

WITH_KEYS = [name for name, kind in KINDS.items() if kind.USAGE_KEYS]


def lines(kind: Kind, meters: Meters) -> dict[tuple[str, str], float]:
    return {
        (usage.price_id, usage.label): usage.quantity
        for usage in kind.usage(meters)
        if usage.quantity > 0.0
    }


def by_type(usage: Any) -> dict[str, Any]:
    return {address.split(".")[0]: said for address, said in usage.items()}


@pytest.mark.parametrize("name", WITH_KEYS)
def test_what_a_file_said_it_says_again(name: str) -> None:
    kind = KINDS[name]()
    for type_ in dict.fromkeys(key.type for key in kind.USAGE_KEYS):
        keys = [key for key in kind.USAGE_KEYS if key.type == type_]
        usage = {key.key: 40.0 + place for place, key in enumerate(keys)}
        meters = meters_of(type(kind), type_, usage)

        told = told_of("Thing", kind, meters)

        again = meters_again(kind, by_type(told.usage))
        assert told.left_out == told.rounded == ()
        assert lines(kind, again) == pytest.approx(lines(kind, meters))


def test_a_queue_says_its_requests_though_a_simulation_counts_messages() -> None:
    kind = KINDS["sqs_queue"]()
    meters = Meters(
        offered={"send": 1e6}, passed={"send": 1e6}, called={"poll": 4e5}, bytes_in=2e9, hours=730.0
    )

    told = told_of("Mails", kind, meters)

    (usage,) = told.usage.values()
    assert list(told.usage) == ["aws_sqs_queue.Mails"]
    assert usage["monthly_requests"] == pytest.approx(sum(lines(kind, meters).values()))
    assert told.left_out == ()


def test_viewers_are_said_to_be_where_the_plain_price_holds() -> None:
    kind = KINDS["cloudfront_distribution"]()
    values = {"files_per_request": 2.0, "hit_share": 0.5, "bytes_out": 5e3}
    meters = Meters(
        offered={"request": 1e6}, passed={"request": 1e6}, bytes_out=1e12, values=values,
        is_edge=True,
    )  # fmt: skip

    told = told_of("Cdn", kind, meters)

    (usage,) = told.usage.values()
    assert told.left_out == ()
    bill = {label.split(",")[0]: quantity for (_, label), quantity in lines(kind, meters).items()}
    assert usage["monthly_data_transfer_to_internet_gb.us"] == pytest.approx(bill["Transfer out"])
    assert not any(key.endswith(".europe") for key in usage)


def test_the_start_of_environments_is_part_of_the_duration() -> None:
    kind = LambdaFunction(memory_mb=1024)
    meters = Meters(passed={"invoke": 1e6}, busy_s=49_000.0, init_s=3_100.0, log_bytes=1e9)

    told = told_of("Orders", kind, meters)

    (usage,) = told.usage.values()
    assert usage == {"monthly_requests": 1e6, "request_duration_ms": 52.0}
    assert [line.label for line in told.left_out] == ["Logs (CloudWatch)"]
    again = lines(kind, meters_again(kind, by_type(told.usage)))
    (rounded,) = told.rounded
    found = again[rounded.price_id, rounded.label]
    assert math.isclose(found, rounded.quantity, rel_tol=0.5 / 52)


@pytest.mark.parametrize(
    ("component", "address"),
    [
        ("Nested/Jobs", "aws_sqs_queue.Nested_Jobs"),
        ("module.a.aws_sqs_queue.jobs", "module.a.aws_sqs_queue.jobs"),
        ("aws_sqs_queue.jobs", "aws_sqs_queue.jobs"),
    ],
)
def test_a_component_keeps_its_address(component: str, address: str) -> None:
    meters = with_quantities(Meters(), {"given.requests": 5.0})

    assert list(told_of(component, KINDS["sqs_queue"](), meters).usage) == [address]


def test_nothing_is_said_of_what_did_nothing() -> None:
    assert told_of("Mails", KINDS["sqs_queue"](), Meters()).usage == {}
