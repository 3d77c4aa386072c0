"""Whole days of many scenarios: each is what it is alone, whoever runs beside it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from apps.engine.fluid import day
from apps.engine.fluid.batch import BatchRecord, run_batch
from apps.engine.fluid.load import Load
from apps.engine.fluid.scenarios import Batch
from apps.engine.fluid.stacking import stack
from apps.engine.headroom.case import Case
from apps.engine.headroom.ranges import samples
from apps.engine.inputs import TRAFFIC, Key
from apps.engine.stages.base import FloatArray
from tests.engine.worlds import case, shop

USERS = np.array([1e2, 2e4, 6e4, 2e5])
SALE = [{"name": "sale", "at": "20:00", "ramp_s": 30, "hold_s": 120, "factor": 6}]


def world(**more: Any) -> tuple[Case, list[dict[Key, float]]]:
    design = case(shop(reserved_concurrency=20), events=SALE, **more)
    items = [item for item in design.inputs.open() if item.key[0] != TRAFFIC]
    return design, samples(items, len(USERS), 7)


def days(
    design: Case, tried: list[dict[Key, float]], users: FloatArray
) -> tuple[Batch, BatchRecord]:
    (batch,) = stack([design.inputs.blueprint(one) for one in tried])
    load = Load.of(users, [a.per_user for a in design.arrivals], [a.fixed for a in design.arrivals])
    return batch, run_batch(batch, design.doors(batch.model), load, retry=design.retry)


@pytest.mark.parametrize("client", [{}, {"attempts": 3}])
def test_batch_is_the_days_run_one_by_one(
    client: dict[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    # One day alone leaves out steps that would change little; here it takes them all too.
    monkeypatch.setattr(day, "_is_alike", lambda before, now: False)
    monkeypatch.setattr(day, "_is_near", lambda before, now: False)
    design, tried = world(client=client)
    batch, record = days(design, tried, USERS)

    for k, (users, values) in enumerate(zip(USERS.tolist(), tried, strict=True)):
        model, one = Case(design.inputs, values).run(users)
        near = {"rtol": 1e-6, "atol": 1e-9 * users}
        np.testing.assert_allclose(record.arrived[0, k], sum(map(sum, one.arrived)), **near)
        np.testing.assert_allclose(record.failed[0, k], sum(map(sum, one.failed)), **near)
        np.testing.assert_allclose(record.returned[0, k], sum(one.returned), **near)
        np.testing.assert_allclose(record.dead[:, k], one.dead, **near)
        oldest = np.max(one.ages, axis=0)
        np.testing.assert_allclose(record.oldest_s[:, k], oldest, rtol=0.01, atol=1e-6)
        highest = np.max(one.uses, axis=0)
        np.testing.assert_allclose(record.highest[:, k], highest, rtol=0.01, atol=1e-6)
        assert record.worst_s[0, k] == pytest.approx(one.worst[0][0], rel=0.02)
        np.testing.assert_allclose(batch.v[: len(model.v), k], model.v, rtol=1e-5, atol=1e-6)


def test_leaving_out_small_steps_changes_little() -> None:
    design, tried = world()
    _, record = days(design, tried, USERS)

    for k, (users, values) in enumerate(zip(USERS.tolist(), tried, strict=True)):
        _, one = Case(design.inputs, values).run(users)
        failed, arrived = sum(map(sum, one.failed)), sum(map(sum, one.arrived))
        assert record.failed[0, k] == pytest.approx(failed, abs=1e-4 * arrived)


def test_a_day_does_not_depend_on_those_beside_it() -> None:
    design, tried = world()
    _, together = days(design, tried, USERS)
    _, pair = days(design, tried[1:3], USERS[1:3])

    np.testing.assert_allclose(pair.failed, together.failed[:, 1:3], rtol=1e-9)
    np.testing.assert_allclose(pair.highest, together.highest[:, 1:3], rtol=1e-9)
    np.testing.assert_array_equal(pair.steps, together.steps[:, 1:3])


def test_books_close_in_every_scenario() -> None:
    design, tried = world(client={"attempts": 3})
    batch, record = days(design, tried, USERS)

    v = batch.v
    for item, before in zip(batch.placed, record.waiting_before, strict=True):
        p = item.port
        left = v[p.offered] + before - v[p.passed] - v[p.refused] - v[p.waiting]
        assert np.all(np.abs(left) <= 1e-12 * np.maximum(v[p.offered], 1.0)), item.key


def test_more_users_fail_more_often() -> None:
    design, tried = world()
    _, record = days(design, [tried[0]] * 4, USERS)

    assert np.all(np.diff(record.failed_share[0]) >= 0.0)
    assert record.failed_share[0, -1] > record.failed_share[0, 0]
