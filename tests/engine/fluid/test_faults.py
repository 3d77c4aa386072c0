"""A day on which something breaks: what stands in for what, and that nothing is lost on the way."""

from __future__ import annotations

import pytest

from apps.engine.fluid.balance import worst
from apps.engine.fluid.changes import Change, Changes
from apps.engine.fluid.day import Record, run_day
from apps.engine.fluid.faults import broken, possible
from apps.engine.fluid.model import Model
from apps.engine.graph import Architecture
from apps.engine.headroom.case import Case
from apps.engine.stages.poison import Poisoned
from apps.engine.stages.refusing import Refusing
from apps.engine.traffic.faults import Fault
from apps.engine.traffic.reading import InvalidScenario
from tests.engine.worlds import case, component, facts, link, shop

AT, MINUTE = "14:00:00", 14 * 60


def whole() -> Architecture:
    """Return the shop with a database, a stream, and an end for messages that fail."""
    plain = shop()
    queue = component("Mails", "sqs_queue", max_receive_count=5)
    others = tuple(c for c in plain.components if c.id != "Mails")
    return Architecture(
        components=(
            *others,
            queue,
            component("Db", "rds_instance", multi_az=True),
            component("Clicks", "kinesis_stream", shards=4),
            component("Reader", "lambda_function", memory_mb=1769),
        ),
        links=(
            *plain.links,
            link("Checkout", "Db", "query", calls=1.0),
            link("Checkout", "Clicks", "put", mode="async", calls=0.1),
            link("Clicks", "Reader", "invoke", mode="stream", settings={"batch": 100}),
        ),
    )


@pytest.fixture(scope="module")
def world() -> Case:
    return case(whole(), users=20_000)


def day(world: Case, *faults: Fault) -> tuple[Model, Record]:
    model = world.model()
    changes = [c for fault in faults for c in broken(model, fault, facts()).changes]
    model.changes = Changes(changes)
    rates = world.rates(20_000)
    return model, run_day(model, world.doors(model), rates, retry=world.retry)


def failed_share(record: Record, minute: int) -> float:
    return sum(record.failed[minute]) / sum(record.arrived[minute])


EVERY = (
    Fault("slow", "Db", factor=20.0),
    Fault("down", "Orders"),
    Fault("down", "Mails"),
    Fault("down", "Mailer"),
    Fault("zone"),
    Fault("instance", "Db"),
    Fault("cold_fleet", at="20:30:10"),
    Fault("poison", "Mails", factor=3.0),
    Fault("poison", "Clicks"),
    Fault("retry_storm", "Checkout", at="20:30:10"),
)


@pytest.mark.parametrize("fault", EVERY, ids=lambda fault: f"{fault.kind}-{fault.component}")
def test_books_close_on_a_broken_day(world: Case, fault: Fault) -> None:
    model, record = day(world, fault)

    assert worst(model, world.doors(model), record) < 1e-12


def test_books_close_when_faults_overlap(world: Case) -> None:
    model, record = day(world, *EVERY)

    assert worst(model, world.doors(model), record) < 1e-12


def test_what_is_down_fails_its_callers_for_as_long_and_no_longer(world: Case) -> None:
    _, record = day(world, Fault("down", "Orders", AT, for_s=600.0))

    assert failed_share(record, MINUTE - 1) < 1e-6
    assert failed_share(record, MINUTE + 1) == pytest.approx(1.0, abs=1e-3)
    assert failed_share(record, MINUTE + 9) == pytest.approx(1.0, abs=1e-3)
    assert failed_share(record, MINUTE + 12) < 1e-6


def test_fault_begins_in_its_second(world: Case) -> None:
    _, record = day(world, Fault("down", "Api", "14:00:15", for_s=30.0))

    assert failed_share(record, MINUTE) == pytest.approx(0.5, abs=0.02)
    assert failed_share(record, MINUTE + 1) < 1e-6


def test_day_is_the_plain_one_but_for_the_fault(world: Case) -> None:
    _, plain = day(world)
    model, record = day(world, Fault("down", "Orders", AT, for_s=600.0))

    assert record.arrived[:MINUTE] == plain.arrived[:MINUTE]
    assert record.failed[:MINUTE] == plain.failed[:MINUTE]
    assert not any(isinstance(item.stage, Refusing) for item in model.placed)


def test_slow_part_slows_the_answer_by_what_it_takes_longer(world: Case) -> None:
    _, plain = day(world)
    _, record = day(world, Fault("slow", "Orders", AT, factor=5.0))

    longer_s = record.responses[MINUTE + 5][0] - plain.responses[MINUTE + 5][0]
    assert longer_s == pytest.approx(4.0 * 0.005, rel=0.05)


def test_slow_database_does_less_as_well(world: Case) -> None:
    model = world.model()

    changes = broken(model, Fault("slow", "Db", factor=8.0), facts()).changes
    (slower,) = [s for key, s in changes[0].stages.items() if key == ("Db", "query", 0)]

    (usual,) = [i.stage for i in model.placed if i.key == ("Db", "query", 0)]
    assert slower == usual.slowed(8.0)
    assert slower.slowed(1.0 / 8.0) == usual


def test_second_copy_takes_over_within_its_time_however_long_the_zone_is_gone(
    world: Case,
) -> None:
    _, record = day(world, Fault("zone", "", AT, for_s=3600.0))

    assert failed_share(record, MINUTE + 1) > 0.99
    assert failed_share(record, MINUTE + 3) < 1e-3


def test_single_database_is_gone_for_as_long_as_its_zone() -> None:
    design = whole()
    alone = case(design.with_settings("Db", {"multi_az": False}), users=20_000)

    _, record = day(alone, Fault("zone", "", AT, for_s=3600.0))

    assert failed_share(record, MINUTE + 58) > 0.99
    assert failed_share(record, MINUTE + 62) < 1e-3


def cold_starts(model: Model, name: str) -> float:
    (item,) = [i for i in model.placed if i.component == name and i.role == "invoke"]
    return item.stage.meters(item.port, model.v)["cold_starts"]


def test_cold_fleet_starts_what_it_needs_anew(world: Case) -> None:
    plain, _ = day(world)
    model, _ = day(world, Fault("cold_fleet", "Checkout", "20:30"))

    assert cold_starts(model, "Checkout") > cold_starts(plain, "Checkout") + 5.0
    assert cold_starts(model, "Mailer") == pytest.approx(cold_starts(plain, "Mailer"), rel=1e-3)


def test_poisoned_messages_end_in_the_dead_letter_queue(world: Case) -> None:
    model, record = day(world, Fault("poison", "Mails", AT, factor=3.0))

    place = [queue.component for queue in model.queues()].index("Mails")
    assert record.dead[place] == pytest.approx(3.0, abs=0.01)


def test_poisoned_record_holds_back_its_shard_for_the_rest_of_the_day(world: Case) -> None:
    _, plain = day(world)
    model, record = day(world, Fault("poison", "Clicks", AT))

    place = [queue.component for queue in model.queues()].index("Clicks")
    assert record.ages[MINUTE + 30][place] == pytest.approx(30.5 * 60.0, abs=31.0)
    assert plain.ages[MINUTE + 30][place] < 60.0
    handled = [m.v[i.port.passed] for m in (model,) for i in m.queues() if i.component == "Clicks"]
    assert handled[0] > 0.0
    assert any(isinstance(item.stage, Poisoned) for item in model.placed)


def test_stopped_queue_keeps_its_messages_and_catches_up(world: Case) -> None:
    _, record = day(world, Fault("down", "Mails", AT, for_s=600.0))

    assert record.ages[MINUTE + 20][0] < 60.0
    assert record.dead[0] == 0.0


@pytest.mark.parametrize(
    ("fault", "named"),
    [
        (Fault("poison", "Orders"), "Orders"),
        (Fault("instance", "Checkout"), "Checkout"),
        (Fault("cold_fleet", "Db"), "Db"),
    ],
)
def test_fault_that_changes_nothing_is_refused(world: Case, fault: Fault, named: str) -> None:
    model = world.model()

    assert not possible(model, fault, facts())
    with pytest.raises(InvalidScenario, match=f"changes nothing at {named}"):
        broken(model, fault, facts())


def test_no_step_passes_over_a_change() -> None:
    changes = Changes([Change(3600, 3700)])

    assert changes.free_until(0, 1440) == 60
    assert changes.falls_in(60)
    assert changes.falls_in(61)
    assert not changes.falls_in(62)
    assert changes.free_until(62, 1440) == 1440
