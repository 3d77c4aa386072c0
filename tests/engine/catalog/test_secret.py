"""Secret: one quota of reads for the account, a rotation that starts its function, bill."""

from __future__ import annotations

import pytest

from apps.engine.catalog.account import Account
from apps.engine.catalog.base import InvalidSetting, Meters
from apps.engine.catalog.lambda_function import LambdaFunction
from apps.engine.catalog.secret import ROTATION, Secret
from apps.engine.graph import Architecture, Link
from apps.engine.pricing import price_bill
from tests.engine.catalog.billing import billed
from tests.engine.catalog.building import US, make_kind, read_template, run
from tests.engine.worlds import case, component, link


def test_all_secrets_draw_on_the_quota_of_the_account() -> None:
    # quotas.csv: secretsmanager.get_secret_value 10000 a second.
    seen = run(
        {"Fn": LambdaFunction(), "A": Secret(), "B": Secret(), "account:x": Account()},
        [Link(source="Fn", target=name, role="get", calls=4.0) for name in ("A", "B")],
        enter=("Fn", "invoke"),
        rps=500.0,
        seconds=30,
    )

    quota = seen.gauge("account:x", "secretsmanager.get_secret_value", "quota")
    assert quota.limit.capacity == 10_000
    assert seen.model.v[quota.slot] == pytest.approx(2 * 4 * 500 / 10_000)


def test_a_secret_is_fetched_when_an_environment_starts() -> None:
    calls = Secret.ACCEPTS["get"].calls

    assert (calls.low, calls.high) == (0.0, 1.0)
    assert calls.expected < 0.1


def test_a_published_price_is_met() -> None:
    # prices.csv: secrets.secret_month 0.4, secrets.requests 0.000005.
    lines = Secret().usage(Meters(passed={"get": 1e6}))

    bill = price_bill([("Secret", line) for line in lines], US)
    assert float(bill.monthly_usd) == pytest.approx(0.40 + 5.00)


def test_a_rotation_starts_its_function_and_nothing_else_does() -> None:
    rotated = case(
        Architecture(
            components=(
                component("Secret", "secret", rotation_days=10),
                component("Turn", "lambda_function"),
            ),
            links=(link("Secret", "Turn", "invoke"),),
        )
    )
    beside = case(
        Architecture(
            components=(component("Secret", "secret"), component("Turn", "lambda_function"))
        )
    )

    (entry,) = rotated.entries
    assert (entry.component, entry.ticks_per_day) == ("Secret", 0.1)
    assert [entry.component for entry in beside.entries] == ["Turn"]


def test_it_reads_a_template() -> None:
    rules = {"RotationRules": {"AutomaticallyAfterDays": 7}}

    assert read_template(Secret, ROTATION, rules) == {"rotation_days": 7}
    with pytest.raises(InvalidSetting, match="must be between 0 and 1,000 days"):
        make_kind("secret", rotation_days=2000)


def test_replicas_and_hours_are_billed() -> None:
    attributes = {"replica": [{"region": "eu-west-1"}, {"region": "us-west-2"}]}

    found = billed("aws_secretsmanager_secret", attributes, {"monthly_requests": 5})

    assert found == {
        "secrets.secret_month": 1.0,
        "secrets.requests": 5,
        "secrets.replica_month": 2.0,
    }
    # Ten thousand secrets that live for an hour each.
    lines = Secret().usage(Meters(hours=1.0, given={"secrets": 10_000}))
    assert lines[0].quantity == pytest.approx(10_000 / 730)
