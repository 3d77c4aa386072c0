"""Headroom on Headroom: what it predicts of its own function, beside what is measured.

    python -m tests.load.run python3.13 [--environments 4] [--seconds 16] [--runs 3]

One core has the generator, the door and the database, the other the function's environments.
Ends with 1 where a goal is missed.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean
from typing import Any

from tests.load.bare import PATH, bare_django
from tests.load.environments import Environment, Pool
from tests.load.front import event_of, start_front
from tests.load.generator import TIMEOUT_S
from tests.load.house import ROOT, House, open_house
from tests.load.prediction import Predictor, Service
from tests.load.report import Measured, Report, Warm

LOADS = (0.5, 0.8, 1.2)
# Of a core with 1,769 MB. https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html
MB_PER_CORE = 1769
WARM_UP_S = 2.0
WARM_CALLS, SERVICE_CALLS = 10, 60
BLOCKS, BLOCK_CALLS = 7, 20


@dataclass(frozen=True)
class Place:
    """Where it all runs: two cores, the package, and the Python of Lambda's runtime."""

    cores: tuple[int, int]
    folder: Path
    python: str
    house: House

    def environment(self, root: Path, share: float) -> Environment:
        return Environment(
            root,
            python=self.python,
            variables=self.house.variables(),
            core=self.cores[1],
            share=share,
            log=self.folder / "log",
        )

    def event(self, k: int) -> dict[str, Any]:
        return event_of(
            self.house.path, {"Cookie": self.house.cookies[k % len(self.house.cookies)]}
        )


def main() -> int:
    chosen = arguments()
    cores = sorted(os.sched_getaffinity(0))[:2]
    if len(cores) < 2:
        sys.exit("The load test needs two cores: one would slow what it measures.")
    # Whatever is started from here on stays on the first core, but for the environments.
    os.sched_setaffinity(0, {cores[0]})
    with tempfile.TemporaryDirectory() as name, open_house() as house:
        folder = Path(name)
        python = str(ROOT / f".venv-lambda-{chosen.runtime}" / "bin" / "python")
        place = Place((cores[0], cores[1]), folder, python, house)
        root = folder / "task"
        # Not zipfile: it sets new times, and would hide bytecode that goes by them.
        subprocess.run(["unzip", "-q", ROOT / "build/headroom-dev.zip", "-d", root], check=True)
        report = measured(place, root, chosen)
        report = report.with_warm(warm(place, root))
    sys.stdout.write(report.text())
    return 0 if report.is_met else 1


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("runtime")
    parser.add_argument("--environments", type=int, default=4, help="how many at most (4)")
    parser.add_argument("--seconds", type=float, default=18.0, help="of each load (18)")
    parser.add_argument("--runs", type=int, default=3, help="of which the median counts (3)")
    return parser.parse_args()


def measured(place: Place, root: Path, chosen: argparse.Namespace) -> Report:
    """Measure the service at little load, ask Headroom, and then put the loads on."""
    with environments(place, root, chosen.environments) as pool, start_front(pool) as port:
        service = service_of(place, pool, port)
        capacity_per_s = chosen.environments / service.mean_s
        predictor = Predictor(template(place, chosen.environments), service, place.folder)
        expected = {load: predictor.expect(load * capacity_per_s) for load in LOADS}
        first = predictor.first_limit(LOADS[0] * capacity_per_s)
        seen: dict[float, list[Measured]] = {load: [] for load in LOADS}
        for run in range(chosen.runs):
            for k, load in enumerate(LOADS):
                seed = len(LOADS) * run + k + 1
                seen[load].append(
                    under_load(place, pool, port, load * capacity_per_s, chosen.seconds, seed)
                )
                sys.stderr.write(f"run {run + 1}, {load:.0%}: {seen[load][-1]}\n")
    return Report(chosen.environments, service, capacity_per_s, expected, seen, first)


@contextmanager
def environments(place: Place, root: Path, count: int) -> Iterator[Pool]:
    with ExitStack() as stack:
        made = [stack.enter_context(place.environment(root, 1 / count)) for _ in range(count)]
        # At home the cache is no table, so the function itself makes it.
        result = made[0].invoke({"manage": "createcachetable"})
        if result.error is not None:
            raise RuntimeError(f"The table of the cache cannot be made: {result.error!r}")
        for environment in made:
            for k in range(WARM_CALLS):
                check(environment.serve(place.event(k)).status)
        yield Pool(made)


def service_of(place: Place, pool: Pool, port: int) -> Service:
    """Measure one call at a time, of each environment in turn."""
    queries, database_s = place.house.queries(), place.house.database_s()
    environment_s, calls = [], SERVICE_CALLS * len(pool.environments)
    for k in range(calls):
        environment = pool.environments[k % len(pool.environments)]
        alone = Pool([environment])
        check_answer = alone.serve(place.event(k))
        check(check_answer.status if check_answer else 0)
        environment_s += alone.served_s
    queries = place.house.queries() - queries
    database_s = place.house.database_s() - database_s
    return Service(
        seconds=environment_s,
        queries=queries / calls,
        database_ms=1e3 * database_s / max(queries, 1),
        door_ms=door_ms(place, pool, port),
    )


def door_ms(place: Place, pool: Pool, port: int) -> float:
    """Return what a request takes beside the function: the door, loopback, the generator."""
    pool.served_s.clear()
    calls = 30
    answers = generate(place, port, count=calls, over_s=calls * 0.4, seed=99)
    waited_s = [seconds for _, _, is_refused, seconds in answers if not is_refused]
    return max(0.0, 1e3 * (fmean(waited_s) - fmean(pool.served_s)))


def under_load(
    place: Place, pool: Pool, port: int, per_s: float, seconds: float, seed: int
) -> Measured:
    over_s = WARM_UP_S + seconds
    used_s, busy_s = pool.used_s(), core_busy_s(place.cores[1])
    answers = generate(place, port, count=round(per_s * over_s), over_s=over_s, seed=seed)
    used_s, busy_s = pool.used_s() - used_s, core_busy_s(place.cores[1]) - busy_s
    after = [answer for answer in answers if answer[0] >= WARM_UP_S]
    return Measured(
        offered=len(after),
        refused=sum(answer[2] for answer in after),
        seconds=seconds,
        waited_s=tuple(answer[3] for answer in after if not answer[2]),
        core_share=used_s / over_s,
        others_share=max(0.0, busy_s - used_s) / over_s,
    )


def core_busy_s(core: int) -> float:
    """Return for how long a core has worked, whoever for. proc(5): all but idle and iowait."""
    lines = Path("/proc/stat").read_text().splitlines()
    ticks = next(line for line in lines if line.startswith(f"cpu{core} ")).split()[1:9]
    busy = sum(map(int, ticks)) - int(ticks[3]) - int(ticks[4])
    return busy / os.sysconf("SC_CLK_TCK")


def generate(place: Place, port: int, **load: Any) -> list[list[Any]]:
    """Run the load generator in a process of its own. Refuse what the function itself refused."""
    load |= {"port": port, "path": place.house.path, "cookies": place.house.cookies}
    ran = subprocess.run(
        [
            *("taskset", "-c", str(place.cores[0])),
            *(sys.executable, "-m", "tests.load.generator", json.dumps(load)),
        ],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        timeout=load["over_s"] + 2 * TIMEOUT_S,
        check=True,
    )
    answers: list[list[Any]] = json.loads(ran.stdout)
    for _, status, is_refused, _ in answers:
        if not is_refused:
            check(status)
    return answers


def template(place: Place, count: int) -> Path:
    """Return the template of the test with so many environments, each with its share of a core."""
    text = (Path(__file__).parent / "template.yaml").read_text()
    text = text.replace("Default: 4\n", f"Default: {count}\n")
    text = text.replace("Default: 442\n", f"Default: {MB_PER_CORE // count}\n")
    path = place.folder / "template.yaml"
    path.write_text(text)
    return path


def warm(place: Place, root: Path) -> Warm:
    """Measure the design page beside a bare view of one query, block by block in turn."""
    bare_root = bare_django(place.folder, root, place.python)
    with place.environment(root, 1.0) as ours, place.environment(bare_root, 1.0) as bare:
        per_s: tuple[list[float], list[float]] = ([], [])
        for block in range(BLOCKS + 1):
            seen = (
                block_per_s(
                    ours, [place.event(block * BLOCK_CALLS + k) for k in range(BLOCK_CALLS)]
                ),
                block_per_s(bare, [event_of(PATH, {})] * BLOCK_CALLS),
            )
            if block:  # The first one warms.
                for kept, found in zip(per_s, seen, strict=True):
                    kept.append(found)
    return Warm(tuple(per_s[0]), tuple(per_s[1]))


def block_per_s(environment: Environment, events: list[dict[str, Any]]) -> float:
    began = time.perf_counter()
    for event in events:
        check(environment.serve(event).status)
    return len(events) / (time.perf_counter() - began)


def check(status: int) -> None:
    if status != 200:
        raise RuntimeError(f"The function answered {status}; the log says why.")


if __name__ == "__main__":
    sys.exit(main())
