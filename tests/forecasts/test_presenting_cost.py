from __future__ import annotations

import pytest

from apps.forecasts.presenting.cost import cost_bars
from apps.forecasts.presenting.digits import between
from tests.forecasts.answers import report, summary


def test_lines_are_dear_to_cheap_and_add_up() -> None:
    cost = report().cost
    amounts = [row.monthly_usd or 0.0 for row in cost.rows]

    assert amounts == sorted(amounts, reverse=True)
    assert sum(amounts) == pytest.approx(summary()["cost"]["monthly_usd"])
    assert cost.largest == cost.rows[:3]


def test_quantity_times_price_is_the_amount() -> None:
    row = report().cost.rows[0]

    assert row.unit_price_usd is not None
    assert row.quantity * row.unit_price_usd == pytest.approx(row.monthly_usd)


def test_it_tells_what_nobody_draws() -> None:
    cost = report().cost
    groups = {group.name for group in cost.undrawn_groups}

    assert "Logs (CloudWatch)" in groups
    assert "Data transfer out" in groups
    assert cost.undrawn_usd == pytest.approx(
        sum(group.usd for group in cost.undrawn_groups), rel=0.06
    )


def test_a_line_without_a_price_is_kept_apart() -> None:
    cost = summary()["cost"]
    line = {**cost["lines"][0], "unit_price_usd": None, "monthly_usd": None}

    found = report(cost={**cost, "not_priced": [line], "is_complete": False}).cost

    assert len(found.not_priced) == 1
    assert not found.is_complete


def test_the_cost_at_the_most_users_lies_between_two_sizes() -> None:
    found = report()
    points = [(row["users"], row["monthly_usd"]) for row in summary()["curve"]]
    holds = found.verdict.holds or 0.0
    below = max(usd for users, usd in points if users <= holds)
    above = min(usd for users, usd in points if users >= holds)

    assert found.cost.at_holds_usd is not None
    assert below * 0.9 <= found.cost.at_holds_usd <= above * 1.1


def test_bars_are_by_component_and_the_small_ones_together() -> None:
    rows = report().cost.rows

    bars = cost_bars(rows, 2)

    assert len({bar["name"] for bar in bars}) == len(bars)
    assert sum(bar["usd"] for bar in bars) == pytest.approx(
        sum(row.monthly_usd or 0.0 for row in rows), rel=0.05
    )


def test_sizes_have_the_asked_one_and_the_limit_at_their_places() -> None:
    sizes = report(12_345).sizes
    users = [row.users for row in sizes]

    assert users == sorted(users)
    assert [row.users for row in sizes if row.is_asked] == [12_345]
    assert sum(row.is_limit for row in sizes) == 1
    assert len(sizes) == 13 + 2


def test_an_asked_size_of_the_table_is_not_there_twice() -> None:
    sizes = report(10_000).sizes

    assert [row.users for row in sizes].count(10_000) == 1


def test_above_the_limit_there_is_no_waiting_and_no_unit_cost() -> None:
    above = [row for row in report().sizes if not row.holds]

    assert above
    for row in above:
        assert row.p50_ms is None
        assert row.p95_ms is None
        assert row.per_1000_requests_usd is None
        assert row.refused_share is not None
        assert row.monthly_usd is not None
    assert above[-1].raised[0].name == "Checkout"


def test_between_two_points_is_straight_on_logarithmic_paper() -> None:
    assert between([(1e3, 10.0), (1e5, 1000.0)], 1e4) == pytest.approx(100.0)
    assert between([(1e3, 10.0), (1e5, 1000.0)], 1e6) is None


def test_ways_that_save_most_come_first() -> None:
    shape = report().economics
    assert shape is not None
    savings = [row.saves_usd for row in shape.break_evens]

    assert savings == sorted(savings, reverse=True)
    assert all({row.cheaper_above, row.cheaper_below} == {row.now, row.other}
               for row in shape.break_evens)  # fmt: skip


def test_a_forecast_of_before_has_no_shape() -> None:
    cost = summary()["cost"]
    del cost["fixed_usd"]

    assert report(cost=cost).economics is None
