"""What SimFaaS published of its own runs, within three standard deviations of such a run.

`make bench BENCH=simfaas_cases` prints every figure with its distance; `published.py` has them.
"""

from __future__ import annotations

import math

import pytest

from tests.engine.stages.mru.published import CASES, EDGE, RERUNS, at_the_limit, figures
from tests.engine.stages.mru.running import most_recent_totals


@pytest.mark.parametrize("case", CASES)
def test_published_run_lies_within_its_own_noise(case: str) -> None:
    off = {
        figure.quantity: figure.deviations
        for figure in figures(case)
        if (case, figure.quantity) != EDGE
    }

    assert off
    assert {name: value for name, value in off.items() if not abs(value) <= 3.0} == {}


def test_where_a_figure_lies_at_the_edge_simfaas_itself_says_what_we_say() -> None:
    """That run is one of those that come up once in a few hundred: it is as far from both."""
    (figure,) = (each for each in figures(EDGE[0]) if each.quantity == EDGE[1])
    ours = figure.rerun

    assert abs(ours.mean - RERUNS.mean) <= 3.0 * math.hypot(ours.error, RERUNS.error)
    assert abs(figure.deviations - RERUNS.deviations(figure.published)) < 0.5


def test_at_the_limit_every_environment_starts_once() -> None:
    """Notebook 03: 1,000 cold starts of 998,537 requests."""
    totals = most_recent_totals(at_the_limit(), seed=1)

    assert totals.cold == 1000
