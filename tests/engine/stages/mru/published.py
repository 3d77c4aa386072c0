"""What SimFaaS published of its own runs, each beside reruns of our own pools.

Source: README and example notebooks of https://github.com/pacslab/simfaas, MIT. Poisson arrivals,
exponential durations, from empty, at most 1,000 at once. Where its order, newest-created, makes a
difference that can be seen, or lives of environments are asked, the reruns are in that order;
else they are the product's own pool. Reruns are as long as the published run unless a case says
otherwise, and their pieces tell how much such runs differ from each other.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Final, NamedTuple

import numpy as np

from apps.engine.stages.mru.exact import exact_pool
from apps.engine.stages.mru.life import Life
from apps.engine.stages.mru.rules import Rules
from apps.engine.stages.mru.stack import SingleStack
from tests.engine.requests.measured import read_experiments
from tests.engine.stages.mru.running import (
    Floats,
    Run,
    Spread,
    most_recent,
    rerun,
    rerun_steadied,
    served_newest,
)


class Figure(NamedTuple):
    """A published figure, and what reruns say of it."""

    quantity: str
    published: float
    rerun: Spread

    @property
    def deviations(self) -> float:
        """How far off it is, in standard deviations of a published run. [-]"""
        return self.rerun.deviations(self.published)


Figures = list[Figure]

# README, and notebook 02.
LONG: Final = Run(0.9, 1.991, 2.244, 600.0, 1e6)
# Notebook 02: the share of time with 5 to 12 environments, when the pool has filled.
STATES: Final = (0.000023, 0.051959, 0.404077, 0.387639, 0.119743, 0.030551, 0.005409, 0.000600)
# Notebook 04: cold share, environments and life by arrivals a second; its runs are of 1e6 s.
SLOW: Final = {
    0.001863: (0.352343, 0.663677, 1063.9),
    0.002458: (0.216185, 0.799057, 1445.4),
    0.002882: (0.180859, 0.826353, 1609.4),
    0.003453: (0.136205, 0.893272, 1911.0),
    0.004248: (0.083253, 0.946681, 2726.7),
}
# Notebook 08: cold share, environments and running ones at 10/s, by idle limit [s].
SWEEP: Final = {
    10.0: (0.023818, 28.654768, 20.135),
    60.0: (0.003666, 33.123974, 20.191),
    600.0: (0.000338, 37.660413, 20.112),
    1200.0: (0.000149, 38.521834, 20.133),
    1800.0: (0.000137, 39.557215, 20.169),
}
# The one figure that lies at three deviations: environments at an idle limit of 10 s.
EDGE: Final = ("notebook 08, idle for 10 s", "environments")
# What SimFaaS 0.2.2 itself gives there: 40 runs of 10,000 s, the chance of their traffic taken
# out (without that 28.748, standard error 0.018). `make bench BENCH=simfaas_cases` runs them again.
RERUNS: Final = Spread(mean=28.7705, error=0.0102, noise=0.0366)
MEANS: Final = ("cold share", "environments", "running", "idle", "life")


def sweep(idle_s: float) -> Run:
    """Return a run of notebook 08 at 10/s."""
    return Run(10.0, 2.016, 2.163, idle_s, 1e5)


def _beside(
    published: tuple[float, ...], names: tuple[str, ...], seen: dict[str, Spread]
) -> Figures:
    return [Figure(name, value, seen[name]) for name, value in zip(names, published, strict=True)]


def _long(*published: float) -> Figures:
    return _beside(published, MEANS, rerun(LONG, 5, 10, is_newest=True))


def _notebook_08(*published: float) -> Figures:
    run = Run(0.9, 2.016, 2.163, 600.0, 1e5)
    return _beside(published, MEANS, rerun(run, 30, 1, is_newest=True))


def _slow(rate_per_s: float) -> Figures:
    run = Run(rate_per_s, 1.981341, 2.303745, 600.0, 1e6)
    names = ("cold share", "environments", "life")
    return _beside(SLOW[rate_per_s], names, rerun(run, 100, 1, is_newest=True))


def _against_aws() -> Figures:
    """Notebook 04: its mean errors against 20 experiments on AWS Lambda, runs of 1e6 s each.

    Means are those of the exact pool; how much a run is off is drawn from what reruns say.
    """
    truth, draws = read_experiments(), np.random.default_rng(4).standard_normal((2, 4_000, 20))
    measured = {"cold share": truth.cold_share, "environments": truth.environments}
    errors: dict[str, list[Floats]] = {name: [] for name in measured}
    for row, rate_per_s in enumerate(truth.rate_per_s.tolist()):
        run = Run(rate_per_s, 1.981341, 2.303745, 600.0, 1e6)
        exact, seen = exact_pool(rate_per_s, run.warm_s, 600.0), rerun(run, 1, 50, is_newest=False)
        # From empty, so that as many start cold at first as are there later.
        cold = exact.cold_share + exact.environments / (rate_per_s * run.horizon_s)
        for name, mean, chance in zip(measured, (cold, exact.environments), draws, strict=True):
            drawn = mean + seen[name].noise * chance[:, row]
            errors[name].append(np.abs(drawn / measured[name][row] - 1.0))
    published = {"cold share": 0.1223, "environments": 0.0305}
    return [
        Figure(f"{name}, mean error", published[name], _mean_of(np.mean(each, axis=0), 1))
        for name, each in errors.items()
    ]


def _swept(idle_s: float) -> Figures:
    """Pieces are many times as long as the pool remembers."""
    if idle_s < 100.0:
        seen = rerun_steadied(sweep(idle_s), 3, 400 if idle_s < 20.0 else 100)
    else:
        seen = rerun(sweep(idle_s), 16, 10, is_newest=False)
    return _beside(SWEEP[idle_s], MEANS[:3], seen)


def _lives() -> Figures:
    """Notebook 01: 10,000 lives at 1/180 s, of 24 h at most; requests take no time."""
    run = Run(1.0 / 180.0, 1e-9, 1e-9, 600.0, 5e7)
    lives = [np.diff(served_newest(run, seed).lives[:-1]).ravel() for seed in range(4)]
    return [Figure("life", 4931.7, _mean_of(np.minimum(np.concatenate(lives), 86_400.0), 10_000))]


def _mean_of(values: Floats, published: int) -> Spread:
    """Return the mean of values beside that of a published number of them."""
    deviation = float(values.std(ddof=1))
    mean = float(values.mean())
    return Spread(mean, deviation / len(values) ** 0.5, deviation / published**0.5)


def _states() -> Figures:
    shares = []
    for seed in range(5):
        born, died = np.sort(served_newest(LONG, seed).lives, axis=0).T
        # The first tenth is left out; 45 pieces of 20,000 s stay, looked at every 5 s.
        moments = np.arange(1e5, 1e6, 5.0)
        alive = np.searchsorted(born, moments) - np.searchsorted(died, moments)
        pieces = alive.reshape(45, -1)
        shares.append([(pieces == number).mean(axis=1) for number in range(5, 13)])
    of_states = np.concatenate(shares, axis=1)
    return [
        Figure(f"share of time with {number}", value, _mean_of(pieces, 50))
        for number, value, pieces in zip(range(5, 13), STATES, of_states, strict=True)
    ]


def at_the_limit() -> Run:
    """Return a tenth of the run of notebook 03, which is of 1,000 s."""
    return Run(1000.0, 2.016, 2.163, 600.0, 100.0)


def _at_the_limit() -> Figures:
    """Notebook 03 is 40 pieces of 25 s; the first four are rerun, 30 times."""
    runs = [most_recent(at_the_limit(), seed, 4) for seed in range(30)]
    names = ("refused share", "environments", "running", "idle")
    seen = {name: _filled(np.array([run[name][1:] for run in runs]), 40) for name in names}
    return _beside((503_207 / 998_537, 999.4032, 998.4269, 0.9763), names, seen)


def _filled(parts: Floats, pieces: int) -> Spread:
    """Return a run of so many pieces, of which the first one differs: there the pool fills."""
    first, others = parts[:, 0], parts[:, 1:]
    rest = pieces - 1
    mean = (first.mean() + rest * others.mean()) / pieces
    squares = first.var(ddof=1), others.var(ddof=1)
    error = (squares[0] / first.size + rest**2 * squares[1] / others.size) ** 0.5 / pieces
    noise = (squares[0] + rest * squares[1]) ** 0.5 / pieces
    return Spread(float(mean), float(error), float(noise))


def _from_warm() -> Figures:
    """Notebook 05: 3 in service and 5 idle that die in 300 s; cold in those, of 1,000 runs."""
    chance, shares = np.random.default_rng(5), []
    for _ in range(5_000):
        stack = SingleStack(Rules(Life.single(600.0)))
        stack.busy, stack.idle = sorted(chance.exponential(2.016, 3).tolist()), [-300.0] * 5
        times = np.sort(300.0 * chance.random(chance.poisson(0.9 * 300.0)))
        size = chance.standard_exponential(len(times))
        new, _ = stack.serve(times, size * 2.016, size * 2.163)
        shares.append(len(new) / len(times))
    return [Figure("cold share", 0.00041845, _mean_of(np.array(shares), 1_000))]


CASES: Final[dict[str, Callable[[], Figures]]] = {
    "README": lambda: _long(1213 / 898_469, 7.6612, 1.7879, 5.8733, 6335.1337),
    "notebook 02": lambda: _long(1183 / 900_020, 7.6910, 1.7971, 5.8940, 6528.5989),
    "notebook 02, states": _states,
    "notebook 01": _lives,
    "notebook 03": _at_the_limit,
    **{f"notebook 04, {rate:g}/s": functools.partial(_slow, rate) for rate in SLOW},
    "notebook 04, against AWS": _against_aws,
    "notebook 05": _from_warm,
    "notebook 08": lambda: _notebook_08(118 / 90_041, 7.679896, 1.814876, 5.865020, 6652.11),
    **{f"notebook 08, idle for {idle:g} s": functools.partial(_swept, idle) for idle in SWEEP},
}


@functools.cache
def figures(case: str) -> Figures:
    """Return the figures of a published case with their reruns."""
    return CASES[case]()
