"""The parts of the load test that need no package: who is taken, what is compared."""

from __future__ import annotations

import threading
from typing import Any

from tests.deploy.doors import Answer
from tests.load.environments import Pool
from tests.load.generator import Load
from tests.load.prediction import Expected, Service
from tests.load.report import LIMIT, Measured, Report

FIRST = {"component": "Web", "limit": LIMIT, "label": "reserved concurrency", "why": ["full"]}
SERVICE = Service(seconds=[0.1] * 100, queries=9, database_ms=1, door_ms=2)


class Still:
    """An environment that answers when it is told to."""

    def __init__(self) -> None:
        self.calls = 0
        self.began, self.may_end = threading.Event(), threading.Event()

    def serve(self, event: Any) -> Answer:
        self.calls += 1
        self.began.set()
        self.may_end.wait(5)
        return Answer(200, {}, [], b"")


def test_call_finds_no_environment_where_all_are_busy() -> None:
    one = Still()
    pool = Pool([one])  # type: ignore[list-item]  # All of it that a pool needs.
    first = threading.Thread(target=pool.serve, args=({},))
    first.start()
    one.began.wait(5)

    refused = pool.serve({})
    one.may_end.set()
    first.join(5)

    assert refused is None
    assert pool.serve({}) is not None


def test_the_environment_that_was_used_last_is_taken_first() -> None:
    two = [Still(), Still()]
    for environment in two:
        environment.may_end.set()
    pool = Pool(two)  # type: ignore[arg-type]  # All of it that a pool needs.

    for _ in range(5):
        pool.serve({})

    assert sorted(environment.calls for environment in two) == [0, 5]


def test_load_is_the_same_for_the_same_seed() -> None:
    def due(seed: int) -> list[float]:
        return Load(port=1, path="/", cookies=[], count=50, over_s=10.0, seed=seed).due()

    assert due(1) == due(1) != due(2)
    assert due(1) == sorted(due(1))


def report(served: int, limit: str = LIMIT) -> Report:
    seen = Measured(200, 200 - served, 10.0, (0.1,) * served, 0.5)
    expected = Expected(served_per_s=10.0, refused_share=0.5, p50_ms=100.0, p95_ms=100.0)
    return Report(4, SERVICE, 40.0, {1.2: expected}, {1.2: [seen] * 3}, {**FIRST, "limit": limit})


def test_report_holds_where_prediction_is_near() -> None:
    assert report(100).is_met
    assert not report(80).is_met
    assert "MISS" in report(80).text()


def test_report_fails_where_another_limit_is_named() -> None:
    assert not report(100, "rds.vcpu").is_met
