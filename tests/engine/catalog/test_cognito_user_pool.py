"""Cognito user pool: sign-ins a second, and users a month."""

from __future__ import annotations

import pytest

from apps.engine.catalog.base import InvalidSetting, Meters
from apps.engine.catalog.cognito_user_pool import CognitoUserPool
from apps.engine.graph import Link
from apps.engine.pricing import price_bill
from tests.engine.catalog.building import US, make_kind, make_place, read_template, run


def test_it_refuses_sign_ins_above_its_quota() -> None:
    seen = run({"Pool": CognitoUserPool()}, enter=("Pool", "sign_in"), rps=240.0)

    assert seen.count("Pool", "sign_in", "refused") == pytest.approx(120 * 600, rel=0.01)
    assert seen.use("Pool", "sign_in", "rate") == pytest.approx(2.0)


def test_its_limit_is_a_quota_of_the_account() -> None:
    (limit,) = CognitoUserPool().limits(US, make_place(CognitoUserPool()))

    # quotas.csv: cognito.user_authentication, default_value 120 rps, account-region.
    assert limit.capacity == US.quota("cognito.user_authentication") == 120
    assert (limit.unit, limit.is_adjustable) == ("sign-ins/s", True)
    assert limit.check_command.startswith("aws service-quotas ")


def test_people_sign_in_once_a_visit() -> None:
    accepts = CognitoUserPool.ACCEPTS["sign_in"]

    assert (accepts.calls.low, accepts.calls.expected, accepts.calls.high) == (0.01, 0.05, 0.3)
    assert "once a visit" in accepts.calls.rule


def test_its_callers_wait_for_it() -> None:
    function = make_kind("lambda_function", memory_mb=1769)
    link = Link(source="SignIn", target="Pool", role="sign_in", calls=1.0)

    seen = run(
        {"SignIn": function, "Pool": CognitoUserPool()},
        [link],
        enter=("SignIn", "invoke"),
        rps=10.0,
    )

    assert seen.count("Pool", "sign_in", "offered") == pytest.approx(6_000)
    assert seen.model.v[seen.at("SignIn", "invoke").port.response] > 0.100


@pytest.mark.parametrize(
    ("tier", "usd"),
    [
        # prices.csv: cognito.essentials.mau, 0.015 above 10,000 of them; the first cost as much
        # where the free tier is left out.
        ("essentials", 1_000_000 * 0.015),
        # prices.csv: cognito.plus.mau 0.02.
        ("plus", 1_000_000 * 0.02),
        # prices.csv: cognito.lite.mau 0.0055 up to 100,000, then 0.0046 up to 1,000,000.
        ("lite", 100_000 * 0.0055 + 900_000 * 0.0046),
    ],
)
def test_it_bills_monthly_users(tier: str, usd: float) -> None:
    pool = CognitoUserPool(tier=tier)

    bill = price_bill([("Pool", usage) for usage in pool.usage(Meters(users=1e6))], US)

    assert float(bill.monthly_usd) == pytest.approx(usd)


def test_the_first_users_are_free_where_the_free_tier_is_asked_for() -> None:
    usages = [("Pool", usage) for usage in CognitoUserPool().usage(Meters(users=1e6))]

    # prices.csv: cognito.essentials.mau 0 up to 10,000, then 0.015.
    assert float(price_bill(usages, US, free_tier=True).monthly_usd) == pytest.approx(14_850.0)


def test_it_reads_templates() -> None:
    assert read_template(CognitoUserPool, "AWS::Cognito::UserPool", {"UserPoolTier": "PLUS"}) == {
        "tier": "plus"
    }
    with pytest.raises(InvalidSetting, match="Plan must be one of lite, essentials, plus"):
        CognitoUserPool(tier="gold")


def test_users_of_other_directories_and_machines_are_billed_apart() -> None:
    given = {"federated_users": 150.0, "machine_clients": 2.0, "machine_tokens": 1e6}
    lines = CognitoUserPool().usage(Meters(users=0.0, given=given))

    bill = price_bill([("Pool", line) for line in lines], US, free_tier=True)

    # prices.csv: cognito.federated_mau 0.015 above the 50 that are free.
    assert float(bill.monthly_usd) == pytest.approx(1.5)
    assert {line.price_id: line.quantity for line in bill.not_priced} == {
        "cognito.machine_client_month": 2,
        "cognito.machine_tokens": 1_000_000,
    }
