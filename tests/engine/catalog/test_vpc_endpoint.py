"""VPC endpoint: free by gateway, by the hour and zone as an interface."""

from __future__ import annotations

import pytest

from apps.engine.catalog.base import InvalidSetting, Meters
from apps.engine.catalog.lambda_function import LambdaFunction
from apps.engine.catalog.vpc_endpoint import ENDPOINT, VpcEndpoint
from apps.engine.formats.infracost import meters_of
from apps.engine.formats.terraform.settings import settings_of
from apps.engine.graph import Architecture
from apps.engine.metering import lacks_way_out
from apps.engine.pricing import price_bill
from tests.engine.catalog.building import US, make_kind, make_place, read_template
from tests.engine.worlds import case, component, link


def test_a_gateway_is_free_and_an_interface_costs_by_zone() -> None:
    # prices.csv: vpce.hour 0.01, vpce.gb 0.01: $7.30 a month for each zone.
    lines = VpcEndpoint(endpoint_type="Interface", zones=3).usage(Meters(values={"gb_month": 10.0}))

    bill = price_bill([("Way", line) for line in lines], US)
    assert float(bill.monthly_usd) == pytest.approx(3 * 7.30 + 0.10)
    assert VpcEndpoint().usage(Meters()) == ()


def test_it_knows_the_service_that_it_leads_to() -> None:
    names = ("com.amazonaws.us-east-1.s3", "com.amazonaws.eu-west-1.states", "")

    reached = [VpcEndpoint(service_name=name).reaches for name in names]

    assert reached == ["s3", "stepfunctions", ""]


def test_an_endpoint_spares_a_nat_gateway_for_its_service_alone() -> None:
    def lacks(service: str) -> bool:
        design = case(
            Architecture(
                components=(
                    component("Api", "http_api"),
                    component("Fn", "lambda_function", is_in_vpc=True),
                    component("Table", "dynamodb_table"),
                    component("Way", "vpc_endpoint", service_name=f"com.amazonaws.x.{service}"),
                ),
                links=(link("Api", "Fn", "invoke"), link("Fn", "Table", "write")),
            )
        )
        return lacks_way_out(design.inputs.architecture, design.inputs.kinds)

    assert not lacks("dynamodb")
    assert lacks("s3")


def test_it_holds_nothing_back() -> None:
    endpoint = VpcEndpoint()

    assert endpoint.stages(US, make_place(endpoint)) == ()
    assert endpoint.limits(US, make_place(endpoint)) == ()
    assert LambdaFunction().assumed(US).keys() >= {"own_ms"}


def test_it_reads_a_template() -> None:
    settings = read_template(
        VpcEndpoint,
        ENDPOINT,
        {
            "ServiceName": "com.amazonaws.us-east-1.ssm",
            "VpcEndpointType": "Interface",
            "SubnetIds": ["a", "b", "c"],
        },
    )

    assert settings["zones"] == 3
    assert make_kind("vpc_endpoint", **settings).assumed(US).keys() == {"gb_month"}
    with pytest.raises(InvalidSetting, match="Type must be one of Gateway"):
        make_kind("vpc_endpoint", endpoint_type="Tunnel")


def test_bytes_cost_less_above_a_petabyte() -> None:
    meters = meters_of(VpcEndpoint, "aws_vpc_endpoint", {"monthly_data_processed_gb": 7e6})
    lines = VpcEndpoint(endpoint_type="Interface", zones=1).usage(meters)

    bill = price_bill([("Way", line) for line in lines], US)

    # prices.csv, vpce.gb: a million GB at 0.01, 4 at 0.006, the rest at 0.004.
    assert float(bill.monthly_usd) == pytest.approx(7.30 + 10_000 + 24_000 + 8_000)


def test_terraform_without_subnets_has_one_interface() -> None:
    told = {"vpc_endpoint_type": "Interface", "subnet_ids": ["a", "b"]}

    assert settings_of(VpcEndpoint, "aws_vpc_endpoint", told)["zones"] == 2
    assert settings_of(VpcEndpoint, "aws_vpc_endpoint", {"service_name": "s3"})["zones"] == 1
