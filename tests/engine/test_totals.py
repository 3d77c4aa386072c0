"""The total without lines is the total of the bill."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.engine.catalog.base import Usage
from apps.engine.pricing import price_bill
from apps.engine.totals import total_usd
from tests.engine.worlds import facts

PRICES = sorted(facts().prices.values(), key=lambda price: price.id)

usages = st.lists(
    st.builds(
        lambda price, quantity: Usage(price.id, price.description, price.unit, quantity),
        st.sampled_from(PRICES),
        st.floats(0.0, 1e12),
    ),
    max_size=20,
)


@given(usages)
def test_it_is_the_total_of_the_bill(lines: list[Usage]) -> None:
    bill = price_bill((("x", line) for line in lines), facts())

    assert total_usd(lines, facts()) == pytest.approx(float(bill.monthly_usd), rel=1e-9, abs=1e-6)


def test_what_has_no_price_is_left_out() -> None:
    known = Usage("sqs.standard.requests", "Requests", "request", 1e6)
    lines = [known, Usage("no.such.price", "", "GB", 5.0), Usage("nat.hour", "", "GB", 5.0)]

    assert total_usd(lines, facts()) == pytest.approx(0.4)
