"""A CloudWatch dashboard costs the same whatever it shows."""

from __future__ import annotations

from apps.engine.catalog.base import Meters
from apps.engine.catalog.dashboard import Dashboard
from apps.engine.pricing import price_bill
from tests.engine.catalog.building import US, make_place


def test_it_costs_three_dollars_and_three_are_free() -> None:
    boards = [(f"Board{n}", use) for n in range(4) for use in Dashboard().usage(Meters())]

    # prices.csv: cw.dashboard_month 3.
    assert float(price_bill(boards, US).monthly_usd) == 12
    assert float(price_bill(boards, US, free_tier=True).monthly_usd) == 3


def test_it_stands_beside_the_path() -> None:
    board = Dashboard()

    assert board.WATCHES
    assert board.stages(US, make_place(board)) == ()
    assert board.limits(US, make_place(board)) == ()


def test_what_it_shows_has_lines_in_tiers() -> None:
    meters = Meters(given={"dashboards": 0.0, "custom_metrics": 15_000.0, "api_requests": 1e6})

    bill = price_bill([("Board", use) for use in Dashboard().usage(meters)], US)

    # prices.csv: $0.30 up to 10,000 metrics, then $0.10; $0.01 for a thousand requests.
    assert float(bill.monthly_usd) == 3000 + 500 + 10
