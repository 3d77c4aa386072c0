"""EFS file system: throughput modes, burst credits, bill."""

from __future__ import annotations

import pytest

from apps.engine.catalog.base import InvalidSetting, Meters
from apps.engine.catalog.efs_file_system import SYSTEM, EfsFileSystem
from apps.engine.catalog.lambda_function import LambdaFunction
from apps.engine.graph import Link
from apps.engine.stages.credits import Credits
from tests.engine.catalog.billing import billed
from tests.engine.catalog.building import (
    US,
    Run,
    lanes_of,
    make_kind,
    make_place,
    read_template,
    run,
    usage_of,
)


def credits_of(system: EfsFileSystem, stored_gb: float) -> Credits:
    place = make_place(system, stored_gb=stored_gb)
    (stage,) = lanes_of(system, place)["throughput"].stages
    assert isinstance(stage, Credits)
    return stage


def run_writes(system: EfsFileSystem, mib_s: float, stored_gb: float) -> Run:
    return run(
        {"Fn": LambdaFunction(), "Files": system},
        [Link(source="Fn", target="Files", role="write", calls=1.0)],
        enter=("Fn", "invoke"),
        rps=10.0,
        values={"Files": {"stored_gb": stored_gb}},
        units=mib_s / 10.0,
        seconds=60,
    )


def test_bursting_follows_the_size() -> None:
    # efs performance: 50 KiB/s for each GiB, at least 1 MiB/s; bursts of 100 MiB/s.
    assert credits_of(EfsFileSystem(), 1.0).rate_per_s == 1.0
    assert credits_of(EfsFileSystem(), 1024.0).rate_per_s == pytest.approx(51.2)
    assert credits_of(EfsFileSystem(), 1024.0).hot_per_s == 100.0
    assert credits_of(EfsFileSystem(), 10_240.0).hot_per_s == pytest.approx(1000.0)


def test_new_file_systems_have_2_1_tib_of_credits() -> None:
    stage = credits_of(EfsFileSystem(), 100.0)

    assert stage.rate_per_s * stage.hold_s == pytest.approx(2.1 * 1024 * 1024)


def test_a_burst_passes_on_credits_and_more_than_a_burst_does_not() -> None:
    within = run_writes(EfsFileSystem(), 50.0, stored_gb=20.0)
    beyond = run_writes(EfsFileSystem(), 200.0, stored_gb=20.0)

    assert within.use("Files", "throughput", "units") == pytest.approx(50.0)
    assert within.count("Files", "throughput", "refused") == 0.0
    # What is refused is tried again and comes on top; 100 MiB/s of 20 MiB each pass.
    assert beyond.use("Files", "throughput", "hot_key") > 2.0
    assert beyond.count("Files", "throughput", "passed") == pytest.approx(5.0 * 60, rel=0.02)


def test_provisioned_and_elastic_throughput_have_no_credits() -> None:
    provisioned = EfsFileSystem(throughput_mode="provisioned", provisioned_mib_s=50)
    elastic = EfsFileSystem(throughput_mode="elastic")

    assert credits_of(provisioned, 20.0).rate_per_s == 50
    assert credits_of(elastic, 20.0).rate_per_s == 1024
    for system in (provisioned, elastic):
        (limit,) = system.limits(US, make_place(system))
        assert limit.gauge == "units"


def test_the_bill_has_storage_and_what_is_provisioned_above_the_size() -> None:
    # prices.csv: efs.standard_gb_month 0.3, efs.provisioned_throughput 6.
    system = EfsFileSystem(throughput_mode="provisioned", provisioned_mib_s=50)

    lines = usage_of(system, Meters(stored_gb=100.0))

    assert lines["efs.standard_gb_month"].quantity == 100
    assert lines["efs.provisioned_throughput"].quantity == 45
    assert usage_of(EfsFileSystem(is_one_zone=True), Meters(stored_gb=1.0)).keys() == {
        "efs.onezone_gb_month"
    }


def test_elastic_throughput_is_billed_by_what_is_read_and_written() -> None:
    # Reads are metered at a third: 1,024 MiB metered of as many reads as three times the writes.
    meters = Meters(units={"throughput": 2048.0}, passed={"read": 3e4, "write": 1e4})

    lines = usage_of(EfsFileSystem(throughput_mode="elastic"), meters)

    assert lines["efs.elastic_read_gb"].quantity == pytest.approx(3.0)
    assert lines["efs.elastic_write_gb"].quantity == pytest.approx(1.0)


def test_it_reads_a_template() -> None:
    settings = read_template(
        EfsFileSystem,
        SYSTEM,
        {"ThroughputMode": "provisioned", "ProvisionedThroughputInMibps": 256},
    )

    assert make_kind("efs_file_system", **settings) == EfsFileSystem(
        throughput_mode="provisioned", provisioned_mib_s=256
    )
    with pytest.raises(InvalidSetting, match="Throughput mode must be one of bursting"):
        make_kind("efs_file_system", throughput_mode="fast")


def test_provisioned_throughput_is_billed_above_what_the_size_includes() -> None:
    attributes = {"provisioned_throughput_in_mibps": 100}

    found = billed("aws_efs_file_system", attributes, {"storage_gb": 230})

    # 50 KiB/s for each GiB: 230 GiB bring 11.5 MiB/s along.
    assert found["efs.provisioned_throughput"] == pytest.approx(88.5)
    much = billed("aws_efs_file_system", attributes, {"storage_gb": 5000})
    assert much["efs.provisioned_throughput"] == 0.0


def test_each_class_of_each_zone_has_its_price() -> None:
    attributes = {
        "availability_zone_name": "us-east-1a",
        "lifecycle_policy[0].transition_to_ia": "X",
    }
    usage = {
        "storage_gb": 10,
        "infrequent_access_storage_gb": 20,
        "monthly_infrequent_access_read_gb": 3,
        "monthly_infrequent_access_write_gb": 4,
    }

    assert billed("aws_efs_file_system", attributes, usage) == {
        "efs.onezone_gb_month": 10,
        "efs.onezone_ia_gb_month": 20,
        "efs.ia_read_gb": 3,
        "efs.ia_write_gb": 4,
    }


def test_files_that_nobody_asks_for_are_billed_in_the_colder_class() -> None:
    system = EfsFileSystem(moves_to="archive", throughput_mode="elastic")
    meters = Meters(
        stored_gb=100.0, values={"cold_share": 0.8}, given={"written_gb": 10.0, "read_gb": 5.0}
    )

    lines = usage_of(system, meters)

    assert lines["efs.standard_gb_month"].quantity == pytest.approx(20.0)
    assert lines["efs.archive_gb_month"].quantity == pytest.approx(80.0)
    assert lines["efs.archive_write_gb"].quantity == pytest.approx(8.0)
    assert lines["efs.elastic_read_gb"].quantity == 5.0
    policies = {"LifecyclePolicies": [{"TransitionToIA": "AFTER_7_DAYS"}]}
    assert read_template(EfsFileSystem, SYSTEM, policies) == {"moves_to": "infrequent"}
