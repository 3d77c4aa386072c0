"""Every way of working through a pool gives what a search of all environments gives."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from apps.engine.stages.mru import crossing
from apps.engine.stages.mru.life import Life
from apps.engine.stages.mru.provisioned import Provisioned
from apps.engine.stages.mru.rules import Rules
from apps.engine.stages.mru.run import PoolRun
from tests.engine.stages.mru.searched import Searched, searched_pool

Floats = NDArray[np.float64]
GROUPS, CASES = 8, 50


def arrivals(chance: np.random.Generator, count: int, rate: float, idle_s: float) -> Floats:
    gaps = chance.exponential(1.0 / rate, count)
    match chance.integers(6):
        case 0:  # long silences, some a little longer and some a little shorter than the limit
            gaps[chance.random(count) < 0.02] = idle_s * chance.uniform(0.5, 1.5)
        case 1:  # bursts: many at the very same time
            gaps[chance.random(count) < 0.6] = 0.0
        case 2:  # rates that change
            gaps *= np.repeat(chance.uniform(0.1, 5.0, count // 50 + 1), 50)[:count]
    times = np.cumsum(gaps)
    # Whole tenths make arrivals, ends and limits coincide.
    return np.round(times, 1) if chance.random() < 0.25 else times


def durations(chance: np.random.Generator, count: int, mean_s: float) -> Floats:
    match chance.integers(4):
        case 0:
            return np.full(count, max(0.1, round(mean_s, 1)))
        case 1:
            return chance.lognormal(math.log(mean_s), 1.0, count)
        case _:
            return chance.exponential(mean_s, count)


def bounds(chance: np.random.Generator, load: float, life: Life) -> Rules:
    """Half of the pools have a limit, a third a ramp that binds."""
    rules = Rules(life)
    if chance.random() < 0.5:
        limit = max(1, int(load * chance.uniform(0.5, 1.5)) + int(chance.integers(3)))
        rules = replace(rules, limit=float(limit))
    if chance.random() < 0.35:
        ramp_per_s, saved = chance.uniform(0.01, 5.0), float(chance.integers(1, 20))
        rules = replace(rules, ramp_per_s=ramp_per_s, saved=saved)
    return rules


def one_idle_limit(seed: int) -> tuple[Floats, Floats, Floats, Rules]:
    chance = np.random.default_rng(seed)
    # Chunk spans from a small part of the idle limit to many of them.
    rate, idle_s = 10.0 ** chance.uniform(-1.0, 3.0), 10.0 ** chance.uniform(0.5, 2.8)
    mean_s = min(10.0 ** chance.uniform(-1.5, 0.7), 30.0 / rate)
    count = int(chance.choice([60, 150, 400, 1500]))
    times, warm = arrivals(chance, count, rate, idle_s), durations(chance, count, mean_s)
    cold = warm * chance.uniform(1.0, 3.0)
    if chance.random() < 0.2:  # whole seconds: a gap may be the limit exactly
        idle_s = math.ceil(min(idle_s, 20.0))
        times, warm, cold = np.round(times / 4.0), np.ceil(warm), 2.0 * np.ceil(warm)
    return times, warm, cold, bounds(chance, rate * mean_s, Life.single(idle_s))


def whole_life(seed: int) -> tuple[Floats, Floats, Floats, Rules]:
    times, warm, cold, rules = one_idle_limit(seed)
    chance = np.random.default_rng([seed, 1])
    first, second = chance.uniform(0.2, 3.0, 2) * float(times[-1]) / 10.0
    oldest = chance.uniform(0.2, 2.0) * float(times[-1])
    if (times == np.round(times)).all():
        first, second, oldest = math.ceil(first), math.ceil(second), math.ceil(oldest / 5.0)
    life = Life(first, second, oldest, first * 0.8)
    ready = int(chance.integers(0, 4)) if rules.limit > 4 else 0
    return times, warm, cold, replace(rules, life=life, ready=ready)


def in_portions(
    case: tuple[Floats, Floats, Floats, Rules], chunk: int, cuts: list[int]
) -> tuple[list[int], list[int], Floats, float]:
    times, warm, cold, rules = case
    run, lasted = PoolRun(rules, chunk), warm.copy()
    new: list[int] = []
    lost: list[int] = []
    for low, high in zip([0, *cuts], [*cuts, len(times)], strict=True):
        some, refused = run.serve(times[low:high], lasted[low:high], cold[low:high])
        new += [low + i for i in some]
        lost += [low + i for i in refused]
    return new, lost, lasted, run.totals(float(times[-1])).environment_s


def assert_same(case: tuple[Floats, Floats, Floats, Rules], seed: int) -> Searched:
    chance = np.random.default_rng([seed, 2])
    chunk = int(chance.choice([7, 64, 200, 16_384]))
    cuts: list[int] = np.sort(chance.integers(0, len(case[0]) + 1, 2)).tolist()

    new, lost, lasted, environment_s = in_portions(case, chunk, cuts)

    truth = searched_pool(*case)
    assert (new, lost) == (truth.cold, truth.refused)
    assert lasted.tolist() == truth.durations
    assert environment_s == pytest.approx(truth.environment_s, rel=1e-9, abs=1e-6)
    return truth


@pytest.mark.parametrize("group", range(GROUPS))
def test_one_idle_limit(group: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crossing, "_FEW", 5)  # even small chunks by level crossing
    seen: Counter[str] = Counter()
    watch(monkeypatch, seen)
    for seed in range(group * CASES, (group + 1) * CASES):
        truth = assert_same(one_idle_limit(seed), seed)
        seen["refused"] += bool(truth.refused)
        seen["cold again"] += len(truth.cold) > 5
    assert min(seen["refused"], seen["cold again"]) >= 10
    assert min(seen["calm"], seen["stacked"]) >= 30


def watch(monkeypatch: pytest.MonkeyPatch, seen: Counter[str]) -> None:
    """Count the chunks that went each way."""
    for way in ("calm", "stacked"):
        inner = getattr(crossing.Crossing, f"_{way}")

        def outer(*args: object, inner: object = inner, way: str = way) -> object:
            result = inner(*args)  # type: ignore[operator]
            seen[way] += result is not None
            return result

        monkeypatch.setattr(crossing.Crossing, f"_{way}", outer)


@pytest.mark.parametrize("group", range(5))
def test_whole_life_cycle(group: int) -> None:
    for seed in range(group * CASES, (group + 1) * CASES):
        assert_same(whole_life(seed), seed)


def test_provisioned_environments(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: Counter[bool] = Counter()
    inner = Provisioned._calm

    def calm(*arguments: Any) -> bool:
        result = inner(*arguments)
        seen[result] += 1
        return result

    monkeypatch.setattr(Provisioned, "_calm", calm)
    for seed in range(150):
        times, warm, cold, rules = one_idle_limit(seed)
        load = float(warm.mean()) * len(times) / max(1.0, float(times[-1]))
        chance = np.random.default_rng([seed, 3])
        ready = max(1, round(load * chance.uniform(0.5, 3.0) + chance.integers(4)))
        limit = ready + 1.0 + int(chance.integers(5)) if chance.random() < 0.5 else math.inf
        assert_same((times, warm, cold, replace(rules, ready=ready, limit=limit)), seed)
    assert min(seen.values()) >= 100


def test_great_chunks_at_high_rates() -> None:
    for seed in range(3):
        chance = np.random.default_rng(seed)
        times = np.cumsum(chance.exponential(0.01, 3_000))
        warm = chance.exponential(0.3, 3_000)
        assert_same((times, warm, warm * 1.5, Rules(Life.single(5.0))), seed)
