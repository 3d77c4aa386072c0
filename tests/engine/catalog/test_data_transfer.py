"""Data transfer: billed by where bytes go, called by nothing."""

from __future__ import annotations

import pytest

from apps.engine.catalog.base import Meters
from apps.engine.catalog.data_transfer import DataTransfer
from apps.engine.formats.infracost import meters_of
from apps.engine.formats.terraform.settings import kind_of_type, settings_of
from apps.engine.pricing import Bill, price_bill
from apps.facts.reader import packaged_facts
from tests.engine.catalog.building import US, make_place

TERRAFORM = "aws_data_transfer"
GIVEN = {"internet_gb": 1000.0}


def bill_of(region: str, *, free_tier: bool = False, **usage: float) -> Bill:
    meters = meters_of(DataTransfer, TERRAFORM, usage)
    lines = [("Bytes", line) for line in DataTransfer().usage(meters)]
    return price_bill(lines, packaged_facts(region), free_tier=free_tier)


def test_bytes_to_the_internet_cost_less_the_more_there_are() -> None:
    bill = bill_of("us-east-1", monthly_outbound_internet_gb=157_000)

    # prices.csv, dto.internet_gb: 10 TB at 0.09, 40 at 0.085, 100 at 0.07, the rest at 0.05.
    usd = 10_240 * 0.09 + 40_960 * 0.085 + 102_400 * 0.07 + 3_400 * 0.05
    assert float(bill.monthly_usd) == pytest.approx(usd)


def test_the_first_hundred_are_free_where_the_free_tier_is_asked_for() -> None:
    bill = bill_of("us-east-1", free_tier=True, monthly_outbound_internet_gb=110)

    assert float(bill.monthly_usd) == pytest.approx(10 * 0.09)


def test_a_byte_between_zones_is_billed_on_both_sides() -> None:
    bill = bill_of("us-east-1", monthly_intra_region_gb=1000)

    # prices.csv: dt.inter_az_gb 0.01.
    assert bill.lines[1].quantity == 2000
    assert float(bill.monthly_usd) == pytest.approx(20)


def test_the_regions_in_the_east_are_nearer() -> None:
    bill = bill_of(
        "us-east-1",
        monthly_outbound_us_east_to_us_east_gb=500,
        monthly_outbound_other_regions_gb=500,
    )

    # prices.csv: dt.us_east_gb 0.01, dt.inter_region_gb 0.02.
    assert [float(line.monthly_usd or 0) for line in bill.lines] == [0, 5, 10]


def test_a_region_without_prices_keeps_its_quantities() -> None:
    bill = bill_of("af-south-1", monthly_outbound_internet_gb=10, monthly_intra_region_gb=1)

    assert [(line.price_id, float(line.quantity)) for line in bill.not_priced] == [
        ("dto.internet_gb", 10),
        ("dt.inter_az_gb", 2),
    ]
    assert not bill.is_complete


def test_bytes_of_another_region_have_no_price_here() -> None:
    read = settings_of(DataTransfer, TERRAFORM, {"usage": {"region": "ap-southeast-1"}})
    lines = [("Bytes", line) for line in DataTransfer(**read).usage(Meters(given=GIVEN))]

    here, there = (
        price_bill(lines, packaged_facts(name)) for name in ("ap-southeast-1", "eu-west-1")
    )

    # prices.csv, ap-southeast-1: dto.internet_gb 0.12.
    assert [(line.price_id, float(line.monthly_usd or 0)) for line in here.lines] == [
        ("dto.internet_gb", 120)
    ]
    assert [line.price_id for line in there.not_priced] == ["dto.internet_gb.ap-southeast-1"]


def test_it_holds_nothing_back_and_stands_on_no_path() -> None:
    kind = DataTransfer()

    assert kind_of_type(TERRAFORM) is DataTransfer
    assert (kind.stages(US, make_place(kind)), kind.limits(US, make_place(kind))) == ((), ())
    assert (DataTransfer.ACCEPTS, DataTransfer.ENTRY) == ({}, "")
    assert all(line.quantity == 0 for line in kind.usage(Meters()))
