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
from tests.engine.stages.mru.published import CASES, EDGE, Figure, figures
from tests.engine.stages.mru.running import Spread

if TYPE_CHECKING:
    from tests.bench.run import Row

SCRIPT = Path(__file__).with_name("simfaas_reruns.py")
# A run of notebook 08 is as long as so many of the reruns.
OF_RUN = 10


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
    if not PYTHON.exists():
        return
    theirs = reruns(figure)
    yield _off("the same, beside SimFaaS's own reruns", figure.published, theirs)
    error = math.hypot(theirs.error, figure.rerun.error)
    ours = Spread(theirs.mean, error, 0.0)
    yield _with_goal(_off("our mean beside that of its reruns", figure.rerun.mean, ours))


def reruns(figure: Figure) -> Spread:
    """Return what SimFaaS gives in its own reruns, the chance of their traffic taken out.

    What they had too much of in service is known, and environments follow it on a line.
    """
    done = subprocess.run([PYTHON, SCRIPT], capture_output=True, text=True, check=True, timeout=300)
    seen = json.loads(done.stdout)
    environments, running = np.array(seen["environments"]), np.array(seen["running"])
    (known,) = (each.rerun.mean for each in figures(EDGE[0]) if each.quantity == "running")
    slope = float(np.polyfit(running, environments, 1)[0])
    level = environments - slope * (running - known)
    error = float(level.std(ddof=2)) / len(level) ** 0.5
    return Spread(float(level.mean()), error, float(environments.std(ddof=1)) / OF_RUN**0.5)
