"""An EBS volume of its own."""

from __future__ import annotations

from typing import Any

import pytest

from apps.engine.catalog.base import InvalidSetting, Meters
from apps.engine.catalog.ebs_volume import EbsVolume
from apps.engine.formats.infracost import meters_of
from apps.engine.formats.terraform.settings import settings_of
from tests.engine.catalog.building import US, make_place, read_template, usage_of


@pytest.mark.parametrize(
    ("attributes", "expected"),
    [
        ({}, {"ebs.gp2.gb_month": 8}),
        ({"type": "io1", "size": 20, "iops": 300}, {"ebs.io1.gb_month": 20, "ebs.io1.iops": 300}),
        (
            {"type": "gp3", "size": 20, "iops": 4000, "throughput": 130},
            {"ebs.gp3.gb_month": 20, "ebs.gp3.iops": 1000, "ebs.gp3.throughput": 5},
        ),
        ({"type": "standard"}, {"ebs.standard.gb_month": 8, "ebs.standard.io_request": 1e6}),
    ],
)
def test_it_pays_for_its_size_and_what_that_does_not_include(
    attributes: dict[str, Any], expected: dict[str, float]
) -> None:
    volume = EbsVolume(**settings_of(EbsVolume, "aws_ebs_volume", attributes))

    meters = meters_of(EbsVolume, "aws_ebs_volume", {"monthly_standard_io_requests": 1e6})
    lines = usage_of(volume, meters)

    assert {price_id: line.quantity for price_id, line in lines.items()} == expected


def test_it_stands_beside_the_path() -> None:
    volume = EbsVolume()

    assert volume.stages(US, make_place(volume)) == ()
    assert volume.limits(US, make_place(volume)) == ()
    assert "ebs.gp2.gb_month" in usage_of(volume, Meters())


def test_it_reads_a_template_and_refuses_what_cannot_be() -> None:
    properties = {"VolumeType": "gp3", "Size": "100", "Iops": 0}

    read = read_template(EbsVolume, "AWS::EC2::Volume", properties)

    assert read == {"volume_type": "gp3", "size_gb": 100, "iops": None}
    with pytest.raises(InvalidSetting, match="Type must be one of gp2, gp3"):
        EbsVolume(volume_type="gp9")
