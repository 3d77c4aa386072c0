from __future__ import annotations

from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from project.ui import numbers
from project.ui.numbers import Value

SPACE = "\u00a0"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (0, "0"),
        (1, "1"),
        (411_999.6, "412,000"),
        (999_999.4, "999,999"),
        (999_999.6, "1M"),
        (2_640_000, "2.6M"),
        (2_650_000, "2.7M"),
        (10_000_000, "10M"),
        (131_000_000, "131M"),
        (Decimal("180000"), "180,000"),
        (np.float64(412_000.0), "412,000"),
    ],
)
def test_users_are_grouped_and_from_a_million_on_short(value: Value, expected: str) -> None:
    assert numbers.users(value) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (0, "0"),
        (0.04, "0.04"),
        (2.73, "2.7"),
        (27.3, "27"),
        (492, "492"),
        (999.6, "1k"),
        (1640, "1.6k"),
        (412_000, "412k"),
        (999_600, "1M"),
        (27_400_000, "27M"),
    ],
)
def test_compact_is_for_axes(value: Value, expected: str) -> None:
    assert numbers.compact(value) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (0, "0"),
        (0.00001, f"<{SPACE}0.001"),
        (0.0136, "0.0136"),
        (2.7, "2.7"),
        (27.34, "27.3"),
        (999.7, "1,000"),
        (1126.4, "1,126"),
        (-3.14159, "-3.14"),
    ],
)
def test_a_quantity_has_three_significant_digits(value: Value, expected: str) -> None:
    assert numbers.quantity(value) == expected
    assert numbers.quantity(value, "req/s") == f"{expected}{SPACE}req/s"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (0, "$0"),
        (0.0136, "$0.0136"),
        (0.77, "$0.770"),
        (0.9996, "$1"),
        (1.5, "$2"),
        (1787.4, "$1,787"),
        (-26, "-$26"),
        (Decimal("0.0000166667"), "$0.0000167"),
    ],
)
def test_money_is_whole_above_a_dollar(value: Value, expected: str) -> None:
    assert numbers.money(value) == expected


@pytest.mark.parametrize(
    ("value", "expected"), [(26, "+$26"), (-26, "-$26"), (0, "no change"), (None, "no value")]
)
def test_a_change_of_money_has_its_sign(value: Value, expected: str) -> None:
    assert numbers.money_change(value) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (Decimal("0.0000166667"), "$0.0000166667"),
        (Decimal("0.20"), "$0.20"),
        (Decimal("1.25"), "$1.25"),
        (Decimal(10), "$10.00"),
        (Decimal("1234.5"), "$1,234.50"),
    ],
)
def test_a_price_keeps_its_digits(value: Value, expected: str) -> None:
    assert numbers.price(value) == expected


@pytest.mark.parametrize(
    ("share", "expected"),
    [
        (0, "0%"),
        (0.0004, f"<{SPACE}0.1%"),
        (0.07, "7.0%"),
        (0.43625, "43.6%"),
        (0.9994, "99.9%"),
        (1, "100%"),
        (2.184, "218%"),
    ],
)
def test_a_share_is_written_as_per_cent(share: Value, expected: str) -> None:
    assert numbers.pct(share) == expected


def test_a_small_share_may_have_more_decimals() -> None:
    assert numbers.pct(0.0012, 2) == "0.12%"
    assert numbers.pct(0.312, 0) == "31%"


@pytest.mark.parametrize(
    ("value", "expected"), [(0, "0"), (2.73, "2.7"), (9.99, "10"), (780, "780"), (12_345, "12,345")]
)
def test_milliseconds_are_whole_from_ten_on(value: Value, expected: str) -> None:
    assert numbers.ms(value) == f"{expected}{SPACE}ms"


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        (0, "0 s"),
        (0.3, "300 ms"),
        (90, "90 s"),
        (900, "15 min"),
        (18_000, "5 h"),
        (345_600, "4 d"),
    ],
)
def test_a_duration_has_one_unit(seconds: Value, expected: str) -> None:
    assert numbers.duration(seconds) == expected.replace(" ", SPACE)


@pytest.mark.parametrize(
    ("second", "expected"),
    [(0, "00:00"), (51_600, "14:20"), (86_399.9, "23:59"), (86_400, "24:00"), (86_460, "00:01")],
)
def test_the_clock_has_24_hours(second: Value, expected: str) -> None:
    assert numbers.clock(second) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (0, "0 B"),
        (1023, "1,023 B"),
        (1024, "1 KiB"),
        (1.5 * 2**30, "1.5 GiB"),
        (2**60, "1,024 PiB"),
    ],
)
def test_bytes_have_binary_units(value: Value, expected: str) -> None:
    assert numbers.byte_size(value) == expected.replace(" ", SPACE)


@pytest.mark.parametrize(("factor", "expected"), [(2.34, "2.3"), (0.412, "0.41"), (12.4, "12")])
def test_a_factor_has_two_significant_digits(factor: Value, expected: str) -> None:
    assert numbers.times(factor) == f"{expected}\u00d7"


@pytest.mark.parametrize("value", [None, "", float("nan"), float("inf")])
@pytest.mark.parametrize(
    "write",
    [
        numbers.users,
        numbers.compact,
        numbers.quantity,
        numbers.money,
        numbers.money_change,
        numbers.price,
        numbers.pct,
        numbers.ms,
        numbers.duration,
        numbers.clock,
        numbers.byte_size,
        numbers.times,
    ],
)
def test_what_has_no_value_says_so(write: object, value: Value) -> None:
    assert callable(write)
    assert write(value) == "no value"


@given(st.floats(min_value=0.001, max_value=1e12))
def test_a_quantity_never_strays_by_more_than_its_digits(value: float) -> None:
    written = float(numbers.quantity(value).replace(",", ""))
    assert written == pytest.approx(value, rel=0.006)
