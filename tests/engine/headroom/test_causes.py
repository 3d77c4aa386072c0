from __future__ import annotations

from apps.engine.headroom.arithmetic import clock, number
from apps.engine.headroom.causes import first_limit
from apps.engine.headroom.judge import Judge
from apps.engine.headroom.search import find_most
from tests.engine.worlds import case, shop


def test_chain_goes_from_users_to_the_limit() -> None:
    design = case(shop(reserved_concurrency=50))

    judge = Judge(design, 1)
    first = first_limit(design, judge, find_most(design, judge, 1e4))

    assert first is not None
    users, rate, limit = first.why
    assert "daily users" in users
    assert "req/s at 20:30" in users
    assert "requests/s ×" in rate
    assert f"of 50 environments at {first.at}" in limit


def test_quota_of_the_account_names_who_draws_on_it() -> None:
    design = case(account={"lambda_concurrency": 100})

    judge = Judge(design, 1)
    first = first_limit(design, judge, find_most(design, judge, 1e4))

    assert first is not None
    assert first.component == "account:us-east-1"
    assert first.of == 100
    assert "Checkout" in first.why[1]
    assert "Mailer" in first.why[1]
    assert first.check_command == "aws lambda get-account-settings"


def test_times_and_numbers_are_written_as_people_do() -> None:
    assert clock(860) == "14:20"
    assert [number(x) for x in (826.0, 0.0465, 3.1415, 12_345.6)] == [
        "826",
        "0.0465",
        "3.14",
        "12,300",
    ]
