"""What must be true of every bill, whatever is on it."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from apps.engine.allowances import ALLOWANCES, FIRST_YEAR
from apps.engine.catalog.base import Usage
from apps.engine.facts import Price, Tier, build_facts
from apps.engine.pricing import Bill, price_bill
from apps.facts.reader import packaged_facts

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
# Prices of AWS that share an allowance, have many tiers, or begin with free units.
AWS = [
    packaged_facts("us-east-1").prices[name]
    for name in (
        "lambda.gb_second.x86",
        "lambda.gb_second.arm",
        "sqs.standard.requests",
        "sqs.fifo.requests",
        "s3.standard.gb_month",
        "dto.internet_gb",
        "sns.http",
        "rds.mysql.db.t3.micro.single_hour",
        "rds.postgres.db.t3.micro.single_hour",
    )
]
BOOK = build_facts(
    "us-east-1", prices=[TIERED, *TIER_FREE, *AWS], quotas=[], classes=[], cold_starts=[]
)
IN_ALLOWANCES = {name for each in (*ALLOWANCES, *FIRST_YEAR) for name in each.price_ids}
NOT_SHARED = {p.id for p in BOOK.prices.values() if len(p.tiers) == 1} - IN_ALLOWANCES
# What a unit can cost at most, alone or by taking free units from another.
DEAREST_USD = float(max(tier.usd for price in BOOK.prices.values() for tier in price.tiers))
quantity = st.floats(0, 1e13, allow_nan=False) | st.integers(0, 20_000).map(float)
lines = st.lists(
    st.tuples(st.sampled_from(["a", "b", "c"]), st.sampled_from(sorted(BOOK.prices)), quantity),
    max_size=12,
)
switch = st.sampled_from(["", "always", "first-year"])
Lines = Sequence[tuple[str, str, float]]


def bill_of(entries: Lines, free: str) -> Bill:
    usages = [
        (component, Usage(name, name, BOOK.prices[name].unit, used))
        for component, name, used in entries
    ]
    return price_bill(usages, BOOK, free_tier=bool(free), first_year=free == "first-year")


@given(lines, switch)
def test_lines_are_not_negative_and_sum_to_the_total(entries: Lines, free: str) -> None:
    bill = bill_of(entries, free)

    amounts = [line.monthly_usd for line in bill.lines if line.monthly_usd is not None]
    assert len(amounts) == len(entries)
    assert all(usd >= 0 for usd in amounts)
    assert sum((Fraction(usd) for usd in amounts), Fraction(0)) == Fraction(bill.monthly_usd)
    parts = [Fraction(usd) for usd in bill.by_component().values()]
    assert sum(parts, Fraction(0)) == Fraction(bill.monthly_usd)


@given(lines, switch, st.randoms(use_true_random=False))
def test_the_order_of_usages_does_not_matter(entries: Lines, free: str, random: Random) -> None:
    shuffled = random.sample(list(entries), len(entries))

    first, second = (bill_of(each, free) for each in (entries, shuffled))

    assert first.monthly_usd == second.monthly_usd
    assert sorted(map(repr, first.lines)) == sorted(map(repr, second.lines))


@given(lines.filter(bool), quantity, switch)
def test_more_use_never_costs_less(entries: Lines, more: float, free: str) -> None:
    component, name, used = entries[0]
    grown = [(component, name, used + more), *entries[1:]]

    before, after = (bill_of(each, free) for each in (entries, grown))

    assert before.monthly_usd <= after.monthly_usd


@given(lines.filter(bool), switch)
def test_a_little_more_use_costs_a_little_more(entries: Lines, free: str) -> None:
    component, name, used = entries[0]
    grown = [(component, name, used + 1), *entries[1:]]

    before, after = (bill_of(each, free) for each in (entries, grown))

    # Two quantities round apart by 2e-6 at most, or by a float's own step.
    step = 1.001 + 2 * abs((used + 1) - used - 1) + used * 1e-15
    assert float(after.monthly_usd - before.monthly_usd) <= step * DEAREST_USD


@given(lines, lines, switch)
def test_bills_add_up_where_no_tier_is_shared(one: Lines, two: Lines, free: str) -> None:
    one, two = ([each for each in entries if each[1] in NOT_SHARED] for entries in (one, two))

    together = bill_of([*one, *two], free).monthly_usd

    apart = [Fraction(bill_of(each, free).monthly_usd) for each in (one, two)]
    assert Fraction(together) == sum(apart, Fraction(0))


@given(lines)
def test_the_more_is_free_the_less_it_costs(entries: Lines) -> None:
    without, always, first_year = (
        bill_of(entries, each).monthly_usd for each in ("", "always", "first-year")
    )

    assert without >= always >= first_year


@given(lines, switch)
def test_the_sums_by_component_and_by_service_are_the_total(entries: Lines, free: str) -> None:
    bill = bill_of(entries, free)

    for parts in (bill.by_component(), bill.by_service()):
        assert sum(map(Fraction, parts.values()), Fraction(0)) == Fraction(bill.monthly_usd)


@given(st.sampled_from(sorted(BOOK.prices)), switch, st.integers(0, 3), st.integers(1, 5))
def test_no_bound_of_a_tier_is_a_jump(name: str, free: str, place: int, parts: int) -> None:
    ends = [float(tier.end) for tier in BOOK.prices[name].tiers if tier.end is not None]
    bound = ends[min(place, len(ends) - 1)] if ends else 1e6

    # However many lines share it: a ten-thousandth of a unit on either side of the bound.
    below, above = (
        bill_of([(f"c{k}", name, (bound + step) / parts) for k in range(parts)], free).monthly_usd
        for step in (-1e-4, 1e-4)
    )

    assert 0 <= above - below <= Decimal("0.00021") * Decimal(DEAREST_USD)
