"""Work beside the users: scans load the store that they read, sockets carry messages."""

from __future__ import annotations

from typing import Any

import pytest

from apps.engine.graph import Architecture
from apps.engine.headroom.case import Case
from apps.engine.headroom.search import summary
from apps.engine.traffic.arrivals import DAY_S
from apps.engine.traffic.reading import InvalidScenario
from tests.engine.worlds import case, component, link, shop

NIGHT = "cron(0 3 * * ? *)"
THREE = 3 * 60


def store(kind: str, **settings: Any) -> Architecture:
    role = "read" if kind == "dynamodb_table" else "query"
    return Architecture(
        components=(
            component("Api", "http_api"),
            component("Fn", "lambda_function", memory_mb=1769),
            component("Db", kind, **settings),
        ),
        links=(link("Api", "Fn", "invoke"), link("Fn", "Db", role, calls=1.0)),
    )


def world(design: Architecture, **scan: Any) -> Case:
    work = {"name": "report", "scan": {"store": "Db", **scan}, "schedule": NIGHT}
    return case(design, users=10_000, background=[work])


def gauges(world: Case) -> dict[tuple[str, str], tuple[float, int]]:
    """Return the highest use of each gauge of the store, and its minute."""
    model, record = world.run(10_000)
    seen = summary(model, record, 10_000, None)
    return {
        (role, gauge): (seen.uses[name, role, gauge], seen.peaks[name, role, gauge])
        for name, role, gauge in seen.uses
        if name == "Db"
    }


def test_scan_of_a_table_takes_half_a_unit_for_each_block_of_4_kb() -> None:
    scanned = world(store("dynamodb_table"), gb=2.0)
    plain = case(store("dynamodb_table"), users=10_000)
    (units, _), (usual, _) = (run_units(each) for each in (scanned, plain))

    assert units - usual == pytest.approx(2.0 * 1024.0 * 256.0 / 2.0, rel=1e-3)


def run_units(each: Case) -> tuple[float, float]:
    model, _ = each.run(10_000)
    door = model.door("Db", "read")
    return model.v[door.port.units], model.v[door.port.refused]


def test_scan_loads_the_store_at_its_hour_and_no_longer_than_it_lasts() -> None:
    model, record = world(store("dynamodb_table"), gb=40.0).run(10_000)
    (gauge,) = [g for g in model.gauges if (g.component, g.limit.gauge, g.limit.role)
                == ("Db", "units", "read")]  # fmt: skip
    use = [row[gauge.slot] for row in record.uses]

    # One reader gets through a partition's 3,000 units a second, so 5,242,880 units take 29 min.
    assert use[THREE - 5] < 0.01
    assert use[THREE + 5] == pytest.approx(3000.0 / 40_000.0, rel=0.02)
    assert use[THREE + 27] == pytest.approx(3000.0 / 40_000.0, rel=0.02)
    assert use[THREE + 32] < 0.01


def test_more_readers_are_quicker() -> None:
    one, four = (gauges(world(store("dynamodb_table"), gb=10.0, parallel=n)) for n in (1, 4))

    assert four["read", "units"][0] == pytest.approx(4.0 * one["read", "units"][0], rel=0.02)


def test_scan_of_a_small_table_takes_no_more_than_its_capacity() -> None:
    design = store("dynamodb_table", billing_mode="PROVISIONED", read_capacity=100)

    use, _ = gauges(world(design, gb=1.0, parallel=8))["read", "units"]

    assert use == pytest.approx(1.0, abs=0.05)


def test_scan_of_a_database_takes_processors_and_reads() -> None:
    design = store("rds_instance", instance_class="db.t4g.medium")
    plain, scanned = gauges(case(design, users=10_000)), gauges(world(design, gb=20.0))

    for gauge in ("servers", "units"):
        assert scanned["query", gauge][0] > plain["query", gauge][0] + 0.1
        assert 0 <= scanned["query", gauge][1] - THREE <= 5


def test_scan_on_a_replica_spares_the_writer() -> None:
    design = store("aurora_cluster", instance_class="db.r6g.large", readers=1)
    plain = gauges(case(design, users=10_000))
    writer = gauges(world(design, gb=20.0))
    replica = gauges(world(design, gb=20.0, on_replica=True))

    assert writer["query", "servers"][0] > plain["query", "servers"][0] + 0.1
    # The scan makes other moments be stepped finely, so the peak is read over another minute.
    assert replica["query", "servers"][0] == pytest.approx(plain["query", "servers"][0], abs=1e-3)
    assert replica["replica", "servers"][0] > 0.1


@pytest.mark.parametrize(
    ("design", "scan", "message"),
    [
        (shop(), {"store": "Nobody"}, r"background\[0\]\.scan\.store is 'Nobody'"),
        (shop(), {"store": "Mails"}, r"background\[0\]\.scan\.store: .* not modelled"),
        (shop(), {"store": "Orders", "on_replica": True}, r"background\[0\]\.scan\.on_replica"),
        (shop(), {"store": "Orders", "gb": 0}, r"background\[0\]\.scan\.gb"),
        (shop(), {"store": "Orders", "rows": 5}, r"background\[0\]\.scan\.rows"),
        (shop(), {}, "lacks store"),
    ],
)
def test_scan_that_cannot_be_is_refused(
    design: Architecture, scan: dict[str, Any], message: str
) -> None:
    with pytest.raises(InvalidScenario, match=message):
        case(design, users=10_000, background=[{"name": "report", "scan": scan}])


def test_scans_of_the_same_name_are_told_apart() -> None:
    work = {"name": "Api", "scan": {"store": "Db"}, "schedule": NIGHT}

    both = case(store("dynamodb_table"), users=10_000, background=[work, work])

    assert {"Api", "Api (2)", "Api (3)"} <= set(both.inputs.kinds)


def talking(**live: float) -> Case:
    design = Architecture(
        components=(component("Chat", "websocket_api"), component("Fn", "lambda_function")),
        links=(link("Chat", "Fn", "invoke"),),
    )
    return case(design, users=10_000, live=live)


def messages(world: Case) -> float:
    return sum(float(item.per_user.sum()) for item in world.arrivals)


def test_sockets_carry_the_messages_of_those_who_are_there() -> None:
    quiet, busy = talking(), talking(sockets_per_concurrent_user=2, messages_per_minute=3)

    habits = busy.habits
    expected = habits.visits * habits.minutes * 2.0 * 3.0
    assert messages(busy) - messages(quiet) == pytest.approx(expected, rel=1e-6)
    assert len(busy.arrivals[0].per_user) == DAY_S


def test_sockets_need_something_that_keeps_them() -> None:
    with pytest.raises(InvalidScenario, match=r"live\.sockets_per_concurrent_user"):
        case(shop(), users=10, live={"sockets_per_concurrent_user": 1, "messages_per_minute": 1})


def test_unknown_field_of_sockets_is_refused_with_its_path() -> None:
    with pytest.raises(InvalidScenario, match=r"live\.rooms"):
        talking(rooms=3)
