"""NAT gateway: a way out that costs by the hour and by the gigabyte."""

from __future__ import annotations

import pytest

from apps.engine.catalog.base import InvalidSetting, Meters
from apps.engine.catalog.lambda_function import LambdaFunction
from apps.engine.catalog.nat_gateway import NatGateway
from apps.engine.formats.infracost import meters_of
from apps.engine.formats.terraform.settings import settings_of
from apps.engine.pricing import price_bill
from tests.engine.catalog.building import US, make_kind, make_place, read_template, run, usage_of


def test_a_published_bill_is_met() -> None:
    # price_examples_dev.csv net-01: one gateway and 10 GB are $33.30.
    gateway = NatGateway(connectivity="private")

    lines = gateway.usage(Meters(values={"gb_month": 10.0}))

    bill = price_bill([("Nat", line) for line in lines], US)
    assert float(bill.monthly_usd) == pytest.approx(33.30)


def test_a_public_gateway_pays_for_its_address() -> None:
    lines = usage_of(NatGateway(), Meters())

    # prices.csv: vpc.public_ipv4_hour 0.005.
    assert lines["vpc.public_ipv4_hour"].quantity == 730
    price = US.price("vpc.public_ipv4_hour")
    assert price is not None
    assert float(price.tiers[0].usd) == 0.005
    assert lines["nat.gb"].quantity == 0.0


def test_what_passes_through_it_is_assumed() -> None:
    gateway = NatGateway()

    place = make_place(gateway)
    spread = gateway.assumed(US)["gb_month"]

    assert gateway.billed(place) == {"gb_month": 50.0}
    assert (spread.low, spread.high) == (5.0, 500.0)


def test_it_has_no_door_and_holds_nothing_back() -> None:
    gateway = NatGateway()

    seen = run({"Fn": LambdaFunction(), "Nat": gateway}, enter=("Fn", "invoke"), rps=1.0)

    assert NatGateway.ACCEPTS == {}
    assert gateway.limits(US, make_place(gateway)) == ()
    assert [item.component for item in seen.model.placed] == ["Fn"]
    assert NatGateway.GIVES_WAY_OUT


def test_it_reads_a_template() -> None:
    settings = read_template(
        NatGateway, "AWS::EC2::NatGateway", {"ConnectivityType": "private", "SubnetId": "s-1"}
    )

    assert make_kind("nat_gateway", **settings) == NatGateway(connectivity="private")
    with pytest.raises(InvalidSetting, match="Connectivity must be one of public, private"):
        make_kind("nat_gateway", connectivity="open")


def test_it_reads_terraform_and_a_usage_file() -> None:
    settings = settings_of(NatGateway, "aws_nat_gateway", {"connectivity_type": "private"})
    meters = meters_of(NatGateway, "aws_nat_gateway", {"monthly_data_processed_gb": 100})

    bill = price_bill([("Nat", line) for line in NatGateway(**settings).usage(meters)], US)

    # prices.csv: 0.045 an hour and a GB.
    assert float(bill.monthly_usd) == pytest.approx(730 * 0.045 + 4.5)
