"""People who write without pause, each write with an id of its own, and who keep every answer."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from tests.faults.product import Answer, Person, Product
from tests.faults.servers import Postgres

WRITERS = 8
# Below the product's own limit for one person.
WRITES_EACH = 50
PAUSE_S = 0.02
# A design that has no version, or whose version has no design that points at it.
HALF_SAVED = """
    SELECT d.name FROM designs_design d LEFT JOIN designs_version v ON v.design_id = d.id
    GROUP BY d.id, d.name, d.head_id HAVING d.head_id IS NULL OR COUNT(v.id) <> 1
"""


class Driver:
    """Some writers; `answers` has what each id was answered, in the order of each writer."""

    def __init__(self, product: Product, people: Sequence[Person]) -> None:
        self.product, self.people = product, people
        self.answers: dict[str, Answer] = {}
        self.is_over = threading.Event()
        self.errors: list[BaseException] = []

    @contextmanager
    def writing(self) -> Iterator[None]:
        threads = [threading.Thread(target=self._write, args=(n,)) for n in range(WRITERS)]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            self.is_over.set()
            for thread in threads:
                thread.join()

    def acknowledged(self) -> list[str]:
        return [id_ for id_, answer in list(self.answers.items()) if answer.status == 302]

    def refused(self) -> int:
        return sum(answer.status != 302 for answer in list(self.answers.values()))

    def wait_for(self, count: int, within_s: float = 30.0) -> None:
        """Wait until so many more writes are acknowledged."""
        wanted, until_s = len(self.acknowledged()) + count, time.monotonic() + within_s
        while len(self.acknowledged()) < wanted:
            assert time.monotonic() < until_s, f"{self.counts()} {self.errors}"
            time.sleep(0.02)

    def wait_for_refusals(self, count: int, within_s: float = 30.0) -> None:
        wanted, until_s = self.refused() + count, time.monotonic() + within_s
        while self.refused() < wanted:
            assert time.monotonic() < until_s, f"{self.counts()} {self.errors}"
            time.sleep(0.02)

    def counts(self) -> Counter[int]:
        return Counter(answer.status for answer in list(self.answers.values()))

    def check(self, server: Postgres, database: str) -> None:
        """Every acknowledged id is there once, and every other answer was a refusal."""
        assert self.errors == []
        others = {id_: a for id_, a in self.answers.items() if a.status != 302}
        wrong = {id_: (a.status, a.body[:200]) for id_, a in others.items() if not a.is_refusal}
        assert wrong == {}
        kept = Counter(
            name for (name,) in server.query(database, "SELECT name FROM designs_design")
        )
        acknowledged = self.acknowledged()
        assert {id_: kept[id_] for id_ in acknowledged} == dict.fromkeys(acknowledged, 1)
        assert [name for name, count in kept.items() if count > 1] == []
        assert server.query(database, HALF_SAVED) == []

    def _write(self, writer: int) -> None:
        try:
            for number, person in enumerate(self._own_people(writer)):
                if self.is_over.is_set():
                    return
                id_ = f"{writer}-{number}"
                self.answers[id_] = self.product.begin_design(person, id_)
                time.sleep(PAUSE_S)
        except Exception as error:  # noqa: BLE001  The test tells of it.
            self.errors.append(error)

    def _own_people(self, writer: int) -> Iterator[Person]:
        for person in self.people[writer::WRITERS]:
            yield from [person] * WRITES_EACH
