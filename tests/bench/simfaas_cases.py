"""Every figure that SimFaaS published of its own runs, beside reruns of our pools and its own."""

from __future__ import annotations

import json
import math
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from tests.bench.others import PYTHON
from tests.engine.stages.mru.published import CASES, EDGE, Figure, figures, sweep
from tests.engine.stages.mru.running import Spread, rerun_steadied

if TYPE_CHECKING:
    from tests.bench.run import Row

SCRIPT = Path(__file__).with_name("simfaas_reruns.py")
# A run of notebook 08 is as long as so many of the reruns.
OF_RUN = 10
# So many reruns of ours tell the one at the edge more sharply than the few of the tests.
MANY = 20


def measure() -> list[Row]:
    """Return how far each published figure is from our reruns, in deviations of such a run."""
    rows: list[Row] = []
    for case in CASES:
        for figure in figures(case):
            row = _off(f"{case}: {figure.quantity}", figure.published, figure.rerun)
            # The one at the edge is told without a goal; what follows it has one.
            is_edge = (case, figure.quantity) == EDGE
            rows += [row, *_edge(figure)] if is_edge else [_with_goal(row)]
    return rows


def _off(name: str, published: float, rerun: Spread) -> Row:
    return {
        "name": name,
        "value": rerun.deviations(published),
        "unit": "deviations",
        "note": f"published {published:.6g}, rerun {rerun.mean:.6g} with standard error"
        f" {rerun.error:.2g}; deviation of a run {rerun.noise:.2g}",
    }


def _with_goal(row: Row) -> Row:
    return {**row, "goal": "at most 3 either way", "ok": abs(row["value"]) <= 3.0}


def _edge(figure: Figure) -> Iterator[Row]:
    many = rerun_steadied(sweep(10.0), MANY, 400)[figure.quantity]
    yield _off(f"the same, beside {MANY} reruns of ours", figure.published, many)
    if not PYTHON.exists():
        return
    plain, level = reruns()
    yield _off("the same, beside SimFaaS's own reruns", figure.published, plain)
    yield _off("the same, the chance of their traffic taken out", figure.published, level)
    for name, theirs in (("its reruns", plain), ("them, without that chance", level)):
        ours = Spread(theirs.mean, math.hypot(theirs.error, figure.rerun.error), 0.0)
        yield _with_goal(_off(f"our mean beside that of {name}", figure.rerun.mean, ours))


def reruns() -> tuple[Spread, Spread]:
    """Return environments of SimFaaS's own reruns, and without the chance of their traffic.

    What they had too much of in service is known, and environments follow it on a line.
    """
    done = subprocess.run([PYTHON, SCRIPT], capture_output=True, text=True, check=True, timeout=300)
    seen = json.loads(done.stdout)
    environments, running = np.array(seen["environments"]), np.array(seen["running"])
    (known,) = (each.rerun.mean for each in figures(EDGE[0]) if each.quantity == "running")
    slope = float(np.polyfit(running, environments, 1)[0])
    level = environments - slope * (running - known)
    noise = float(environments.std(ddof=1))
    of_run, root = noise / OF_RUN**0.5, len(level) ** 0.5
    plain = Spread(float(environments.mean()), noise / root, of_run)
    return plain, Spread(float(level.mean()), float(level.std(ddof=2)) / root, of_run)
