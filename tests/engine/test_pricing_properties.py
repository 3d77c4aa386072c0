"""What must be true of every bill, whatever is on it."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from apps.engine.catalog.base import Usage
from apps.engine.facts import Price, Tier, build_facts
from apps.engine.pricing import Bill, price_bill

TIERED = Price(
    id="t",
    service="Test",
    description="",
    region="us-east-1",
    unit="request",
    tiers=(
        Tier(Decimal(0), Decimal(1000), Decimal(0)),
        Tier(Decimal(1000), Decimal(5000), Decimal("0.0000031")),
        Tier(Decimal(5000), None, Decimal("0.0000007")),
    ),
    free_tier="",
    source="made up",
    source_date="",
    confidence="seen",
)
FLAT = [f"flat{n}" for n in range(3)]
TIER_FREE = [
    Price(
        **{name: getattr(TIERED, name) for name in TIERED.__slots__}
        | {"id": name, "tiers": (Tier(Decimal(0), None, Decimal(n + 1) / 7919),)}
    )
    for n, name in enumerate(FLAT)
]
BOOK = build_facts("us-east-1", prices=[TIERED, *TIER_FREE], quotas=[], classes=[], cold_starts=[])
quantity = st.floats(0, 1e13, allow_nan=False) | st.integers(0, 20_000).map(float)
lines = st.lists(
    st.tuples(st.sampled_from(["a", "b", "c"]), st.sampled_from(["t", *FLAT]), quantity),
    max_size=12,
)
switch = st.booleans()
Lines = Sequence[tuple[str, str, float]]


def bill_of(entries: Lines, *, free_tier: bool) -> Bill:
    usages = [(component, Usage(name, name, "request", used)) for component, name, used in entries]
    return price_bill(usages, BOOK, free_tier=free_tier)


@given(lines, switch)
def test_lines_are_not_negative_and_sum_to_the_total(entries: Lines, free_tier: bool) -> None:
    bill = bill_of(entries, free_tier=free_tier)

    amounts = [line.monthly_usd for line in bill.lines if line.monthly_usd is not None]
    assert len(amounts) == len(entries)
    assert all(usd >= 0 for usd in amounts)
    assert sum((Fraction(usd) for usd in amounts), Fraction(0)) == Fraction(bill.monthly_usd)
    parts = [Fraction(usd) for usd in bill.by_component().values()]
    assert sum(parts, Fraction(0)) == Fraction(bill.monthly_usd)


@given(lines, switch, st.randoms(use_true_random=False))
def test_the_order_of_usages_does_not_matter(
    entries: Lines, free_tier: bool, random: Random
) -> None:
    shuffled = random.sample(list(entries), len(entries))

    first, second = (bill_of(each, free_tier=free_tier) for each in (entries, shuffled))

    assert first.monthly_usd == second.monthly_usd
    assert sorted(map(repr, first.lines)) == sorted(map(repr, second.lines))


@given(lines.filter(bool), quantity, switch)
def test_more_use_never_costs_less(entries: Lines, more: float, free_tier: bool) -> None:
    component, name, used = entries[0]
    grown = [(component, name, used + more), *entries[1:]]

    before, after = (bill_of(each, free_tier=free_tier) for each in (entries, grown))

    assert before.monthly_usd <= after.monthly_usd


@given(lines.filter(bool), switch)
def test_a_little_more_use_costs_a_little_more(entries: Lines, free_tier: bool) -> None:
    component, name, used = entries[0]
    grown = [(component, name, used + 1), *entries[1:]]

    before, after = (bill_of(each, free_tier=free_tier) for each in (entries, grown))

    # No tier costs more than 3/7919 a unit, and two quantities round apart by 2e-6 at most,
    # or by a float's own step.
    step = 1.001 + 2 * abs((used + 1) - used - 1) + used * 1e-15
    assert float(after.monthly_usd - before.monthly_usd) <= step * 3 / 7919


@given(lines, lines, switch)
def test_bills_add_up_where_no_tier_is_shared(one: Lines, two: Lines, free_tier: bool) -> None:
    one, two = ([each for each in entries if each[1] != "t"] for entries in (one, two))

    together = bill_of([*one, *two], free_tier=free_tier).monthly_usd

    apart = [Fraction(bill_of(each, free_tier=free_tier).monthly_usd) for each in (one, two)]
    assert Fraction(together) == sum(apart, Fraction(0))


@given(lines)
def test_the_free_tier_never_costs_more(entries: Lines) -> None:
    with_it, without = (bill_of(entries, free_tier=each) for each in (True, False))

    assert with_it.monthly_usd <= without.monthly_usd
