"""SQL Server on RDS: editions, connections, volumes without stripes, storage that grows."""

from __future__ import annotations

import pytest

from apps.engine.catalog.base import InvalidSetting, Meters
from apps.engine.catalog.rds_instance import RdsInstance
from apps.engine.stages.room import Room
from apps.engine.stages.station import Station
from tests.engine.catalog.building import US, lanes_of, make_kind, make_place, usage_of


@pytest.mark.parametrize(
    ("engine", "vcpus"),
    [("sqlserver-ex", 8), ("sqlserver-web", 32), ("sqlserver-se", 48), ("sqlserver-ee", 64)],
)
def test_an_edition_uses_only_the_processors_of_its_licence(engine: str, vcpus: float) -> None:
    # 4, 16 and 24 cores, two processors each; the class has 64.
    database = RdsInstance(engine=engine, instance_class="db.r5.16xlarge")

    station = lanes_of(database)["query"].stages[0]

    assert isinstance(station, Station)
    assert (station.servers, station.connections) == (vcpus, 32_767)


def test_connections_do_not_follow_the_class() -> None:
    small = RdsInstance(engine="sqlserver-se", instance_class="db.t3.xlarge")

    (connections, *_) = small.limits(US, make_place(small))

    assert (connections.id, connections.capacity) == ("rds.sqlserver_connections", 32_767)
    assert connections.check_command == "SELECT @@MAX_CONNECTIONS"


def test_gp3_is_never_striped() -> None:
    # quotas.csv: rds.gp3_threshold "none for SQL Server", rds.gp3_max_iops "16000 SQL Server".
    def iops(**settings: int) -> float:
        kind = make_kind("rds_instance", engine="sqlserver-se", storage_gb=1000, **settings)
        return next(x.capacity for x in kind.limits(US, make_place(kind)) if x.gauge == "units")

    assert iops() == 3000
    assert iops(iops=20_000) == 16_000
    chosen = RdsInstance(engine="sqlserver-se", storage_gb=1000, iops=5000)
    assert usage_of(chosen, Meters())["rds.gp3.iops.single"].quantity == 2000


def test_express_holds_ten_gigabytes_and_has_no_second_copy() -> None:
    assert RdsInstance(engine="sqlserver-ex", storage_gb=100).room_gb == 10
    assert RdsInstance(engine="sqlserver-se", storage_gb=100).room_gb == 100
    with pytest.raises(InvalidSetting, match="SQL Server Express has no second copy"):
        RdsInstance(engine="sqlserver-ex", multi_az=True)


def test_a_raised_server_stays_in_its_family() -> None:
    database = RdsInstance(engine="sqlserver-se", instance_class="db.m5.large")

    assert database.raised(US, {("query", "servers"): 2.5}).instance_class == "db.m5.2xlarge"


def test_the_licence_is_in_a_price_that_the_book_lacks() -> None:
    lines = usage_of(RdsInstance(engine="sqlserver-se", instance_class="db.m5.large"), Meters())

    assert lines["rds.sqlserver-se.db.m5.large.single_hour"].quantity == 730
    assert US.price("rds.sqlserver-se.db.m5.large.single_hour") is None


def test_storage_bounds_what_grows_and_is_billed_as_it_grows() -> None:
    fixed = RdsInstance(storage_gb=20)
    growing = RdsInstance(storage_gb=20, max_storage_gb=100)

    for database, room_gb in ((fixed, 20), (growing, 100)):
        place = make_place(database, stored_gb=5.0, grows_gb=0.001, keep_days=365.0)
        room = lanes_of(database, place)["query"].stages[-1]
        assert isinstance(room, Room)
        assert (room.size_gb, room.stored_gb) == (room_gb, 5)
        limit = database.limits(US, place)[-1]
        assert (limit.id, limit.capacity) == ("rds.allocated_storage", room_gb)
    assert len(lanes_of(fixed)["query"].stages) == 2

    # quotas.csv: rds.storage_autoscale_trigger 10 % free.
    billed = usage_of(growing, Meters(stored_gb=45.0))["rds.gp3.single_gb_month"].quantity
    assert billed == pytest.approx(50.0)
    assert usage_of(fixed, Meters(stored_gb=45.0))["rds.gp3.single_gb_month"].quantity == 20
