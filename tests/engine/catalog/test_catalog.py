"""What every kind owes: words, doors, limits, prices, sources."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from apps.engine.catalog import KINDS, build
from apps.engine.catalog.account import QUOTAS
from apps.engine.catalog.base import InvalidSetting, Kind, Meters, Place, Usage
from apps.engine.formats.infracost import meters_of, usage_of
from apps.engine.graph import Component
from apps.engine.stages.base import Stage
from apps.engine.stages.credits import Credits
from apps.engine.stages.gate import Gate
from apps.engine.stages.group import Group
from apps.engine.stages.pool import Pool
from apps.engine.stages.queue import Queue
from apps.engine.stages.room import Room
from apps.engine.stages.shards import Shards
from apps.engine.stages.shared import Shared
from apps.engine.stages.station import Station
from tests.engine.catalog.allowed import COMMITTED, OWN_LIMITS, PRICE_GAPS
from tests.engine.catalog.building import US, link_from, link_to, make_place

GLYPHS = Path(__file__).resolve().parents[3] / "static" / "img" / "kinds"


class Variant(NamedTuple):
    """A kind with one of its settings other than the default."""

    name: str
    changed: Mapping[str, Any]
    kind: Kind

    def place(self) -> Place:
        """Return a place where every door is used, and something is called or polled."""
        doors = [link_from(role) for role in type(self.kind).ACCEPTS]
        return make_place(self.kind, inbound=doors, outbound=[link_to("any")])


def variants() -> Iterator[Variant]:
    for name, kind in KINDS.items():
        for changed in ({}, *_changes(kind)):
            try:
                built = build(Component(id="It", kind=name, settings=changed))
            except InvalidSetting:
                continue
            yield Variant(name, changed, built)


def _changes(kind: type[Kind]) -> Iterator[dict[str, Any]]:
    for item in dataclasses.fields(kind):
        choices = item.metadata.get("choices", ())
        if isinstance(item.default, bool):
            choices = (not item.default,)
        elif item.default is None and item.metadata.get("high") is not None:
            choices = (max(1, item.metadata.get("low") or 1),)
        yield from ({item.name: choice} for choice in choices if choice != item.default)


VARIANTS = list(variants())
IDS = [f"{v.name}-{'-'.join(f'{k}={x}' for k, x in v.changed.items())}" for v in VARIANTS]
every_variant = pytest.mark.parametrize("variant", VARIANTS, ids=IDS)
every_kind = pytest.mark.parametrize("kind", KINDS.values(), ids=list(KINDS))


def test_every_kind_builds_with_its_defaults() -> None:
    assert {v.name for v in VARIANTS if not v.changed} == set(KINDS)


@every_kind
def test_every_setting_has_words(kind: type[Kind]) -> None:
    for item in dataclasses.fields(kind):
        assert item.metadata["label"], item.name
        assert not item.metadata["label"].endswith(":")
    assert kind.label


@every_kind
def test_every_source_is_a_page_of_aws(kind: type[Kind]) -> None:
    assert kind.source_url.startswith("https://docs.aws.amazon.com/")


@every_kind
def test_every_template_row_fills_a_setting(kind: type[Kind]) -> None:
    fields = {item.name for item in dataclasses.fields(kind)}

    assert {row.setting for row in kind.TEMPLATE} - fields <= {""}
    assert {name for implied in kind.IMPLIED.values() for name in implied} <= fields
    assert all(row.type.startswith(("AWS::", "aws_")) for row in kind.TEMPLATE)


@every_kind
def test_every_usage_key_fills_a_meter_and_is_found_in_it_again(kind: type[Kind]) -> None:
    for type_ in {key.type for key in kind.USAGE_KEYS}:
        keys = [key.key for key in kind.USAGE_KEYS if key.type == type_]
        usage = {key: float(n) for n, key in enumerate(keys, start=2)}

        found = usage_of(kind, type_, meters_of(kind, type_, usage))

        assert len(set(keys)) == len(keys)
        assert found == pytest.approx(usage)


@every_kind
def test_every_kind_has_a_glyph(kind: type[Kind]) -> None:
    if not GLYPHS.is_dir():
        pytest.skip("The glyphs are not here.")
    assert (GLYPHS / f"{kind.name}.svg").is_file()


@every_variant
def test_every_door_opens(variant: Variant) -> None:
    kind = type(variant.kind)
    lanes = {lane.role: lane for lane in variant.kind.stages(US, variant.place())}

    assert set(kind.ACCEPTS) <= set(lanes)
    assert not kind.ENTRY or kind.ENTRY in lanes
    inner = {role for lane in lanes.values() for role in (lane.calls_lane, lane.sends_to)}
    assert inner - {""} <= set(lanes)
    assert {quota for lane in lanes.values() for quota in lane.draws} <= set(QUOTAS)


@every_variant
def test_every_gauge_that_can_bind_has_a_limit(variant: Variant) -> None:
    place = variant.place()
    limited = {(limit.role, limit.gauge) for limit in variant.kind.limits(US, place)}

    for lane in variant.kind.stages(US, place):
        for stage in lane.stages:
            for gauge in binding_gauges(stage):
                assert (lane.role, gauge) in limited


def binding_gauges(stage: Stage) -> Iterator[str]:
    """Yield the gauges of a stage whose bound is a number."""
    bounds: dict[str, float] = {}
    match stage:
        case Gate():
            bounds = {"rate": stage.rate_per_s}
        case Pool():
            bounds = {"concurrency": stage.limit, "scaling": stage.ramp_per_s}
            bounds["duration"] = stage.timeout_s
        case Group():
            lags = stage.minimum < stage.servers / stage.each
            bounds = {"connections": stage.connections, "servers": stage.servers}
            bounds["ready"] = stage.minimum if lags else math.inf
        case Station():
            bounds = {"connections": stage.connections, "servers": stage.servers}
        case Credits():
            hot = stage.hot_per_s if stage.hot_share else math.inf
            bounds = {"units": max(stage.rate_per_s, stage.most_per_s), "hot_key": hot}
            moves = stage.most_per_s > stage.rate_per_s
            bounds["pace"] = stage.rate_per_s if moves else math.inf
        case Queue():
            bounds = {"pollers": stage.pollers, "in_flight": stage.in_flight}
            bounds["ramp"] = stage.ramp_per_s
        case Shards():
            bounds = {"shards": stage.rate_per_s}
        case Room():
            bounds = {"storage": stage.size_gb}
        case Shared():
            bounds = {"quota": stage.limit}
        case _:
            assert not stage.GAUGES
    assert set(bounds) == set(stage.GAUGES)
    yield from (gauge for gauge, bound in bounds.items() if math.isfinite(bound))


@every_variant
def test_every_limit_names_a_gauge_of_its_lane(variant: Variant) -> None:
    place = variant.place()
    gauges = {
        (lane.role, gauge)
        for lane in variant.kind.stages(US, place)
        for stage in lane.stages
        for gauge in stage.GAUGES
    }

    for limit in variant.kind.limits(US, place):
        assert (limit.role, limit.gauge) in gauges
        assert 0.0 < limit.capacity < math.inf


@every_variant
def test_every_limit_can_be_read_aloud(variant: Variant) -> None:
    for limit in variant.kind.limits(US, variant.place()):
        assert limit.label
        assert limit.unit
        assert limit.effect
        assert not limit.effect.endswith(".")
        assert limit.remedy[0].isupper()
        assert limit.remedy.endswith(".")
        assert limit.source_url.startswith("https://docs.aws.amazon.com/")
        assert " " not in limit.source_url


@every_variant
def test_every_limit_is_a_quota_or_a_setting(variant: Variant) -> None:
    for limit in variant.kind.limits(US, variant.place()):
        assert limit.id in US.quotas or limit.id in OWN_LIMITS


@every_variant
def test_every_cost_line_has_a_price_in_its_unit(variant: Variant) -> None:
    for usage in _usage(variant):
        price = US.price(usage.price_id)
        if usage.price_id in PRICE_GAPS or COMMITTED.fullmatch(usage.price_id):
            assert price is None, "The book has it now: take it off the list."
            continue
        assert price is not None, usage.price_id
        assert usage.unit == price.unit, usage.price_id
        assert usage.label
        assert math.isfinite(usage.quantity)
        assert usage.quantity >= 0.0


def _usage(variant: Variant) -> tuple[Usage, ...]:
    """Return the lines of a busy month."""
    place = variant.place()
    roles = [lane.role for lane in variant.kind.stages(US, place)]
    flows = dict.fromkeys(roles, 1e6)
    return variant.kind.usage(
        Meters(
            offered=flows,
            passed=flows,
            called=flows,
            units=flows,
            values=variant.kind.billed(place),
            busy_s=1e5,
            environment_s=1e6,
            cold_starts=1e3,
            init_s=1e3,
            bytes_in=1e9,
            bytes_out=1e9,
            log_bytes=1e9,
            stored_gb=10.0,
            users=1e5,
            is_edge=True,
        )
    )


@every_variant
def test_every_cost_line_stands_without_the_values_in_force(variant: Variant) -> None:
    for usage in variant.kind.usage(Meters()):
        assert math.isfinite(usage.quantity)


@every_variant
def test_every_assumption_lies_in_its_range(variant: Variant) -> None:
    spreads = dict(variant.kind.assumed(US))
    for role, accepts in type(variant.kind).ACCEPTS.items():
        spreads |= {f"{role} calls": accepts.calls, f"{role} units": accepts.units}

    for name, spread in spreads.items():
        assert spread.low <= spread.expected <= spread.high, name
        assert math.isfinite(spread.high), name


@every_variant
def test_a_refusal_is_a_sentence(variant: Variant) -> None:
    with pytest.raises(InvalidSetting, match=r"It: .* has no setting 'colour'\."):
        build(Component(id="It", kind=variant.name, settings={"colour": "red"}))
