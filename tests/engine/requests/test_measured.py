"""The measured life cycle against twenty experiments on AWS Lambda, and raw traces of it."""

from __future__ import annotations

import numpy as np
import pytest

from apps.engine.requests.life_estimate import fit_life
from apps.engine.stages.mru.life import MEASURED
from tests.engine.requests.measured import (
    errors,
    modelled,
    read_experiments,
    read_uses,
    replayed,
    traces,
)


def test_measured_life_cycle_is_that_of_aws() -> None:
    """One parameter set, constant durations; an environment counts for 600 s."""
    truth = read_experiments()

    cold, environments = modelled(MEASURED, 400_000, seed=2)

    assert errors(cold, truth.cold_share).mean() < 7.0
    assert errors(environments, truth.environments).mean() < 2.8
    assert (np.abs(cold - truth.cold_share) <= 2.0 * truth.cold_share_error).sum() >= 18


@pytest.mark.skipif(not traces(), reason="the raw traces are not here")
def test_replay_of_raw_traces() -> None:
    model, real = np.array([replayed(path, MEASURED) for path in traces()]).T

    assert errors(model, real.astype(np.float64)).mean() <= 7.5


@pytest.mark.skipif(not traces(), reason="the raw traces are not here")
def test_parameters_read_off_raw_traces_are_near() -> None:
    fitted = [fit_life(read_uses(path)) for path in traces()]
    last = [each.last.value_s for each in fitted if each.last.value_s is not None]
    oldest = [each.max_age.value_s for each in fitted if each.max_age.value_s is not None]

    assert len(last) >= 3
    assert last == pytest.approx([MEASURED.last_s] * len(last), rel=0.03)
    assert len(oldest) >= 3
    assert oldest == pytest.approx([MEASURED.max_age_s] * len(oldest), rel=0.05)
