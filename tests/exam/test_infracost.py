"""Usage lines against other people's priced rows: at least 95 in a hundred, the rest explained."""

from __future__ import annotations

import pytest

from tests.exam.infracost import CASES, Outcome, compare

pytestmark = pytest.mark.skipif(not CASES.is_file(), reason="The priced rows are not present.")


@pytest.fixture(scope="module")
def outcomes() -> list[Outcome]:
    return compare(CASES)[0]


def test_quantity_and_unit_are_right(outcomes: list[Outcome]) -> None:
    right = sum(one.is_right for one in outcomes)

    assert len(outcomes) > 540
    assert right >= 0.95 * len(outcomes)


def test_the_cost_at_the_row_s_price_is_right(outcomes: list[Outcome]) -> None:
    same = sum(one.costs_the_same for one in outcomes)

    assert same >= 0.95 * len(outcomes)


def test_rows_of_other_types_are_counted(outcomes: list[Outcome]) -> None:
    others = compare(CASES)[1]

    assert len(outcomes) + sum(others.values()) == 604
    assert "aws_acm_certificate" in others
