"""SimFaaS itself at 10 requests/s and an idle limit of 10 s: a script for its own environment.

It imports nothing of Headroom. It prints one JSON object: mean environments and mean running ones
of each run, time-weighted, from when the pool has filled.
"""

from __future__ import annotations

import json
import sys

import numpy as np

RATE, WARM_S, COLD_S, IDLE_S = 10.0, 2.016, 2.163, 10.0
RUNS, LENGTH_S, FILLED_S = 40, 10_000.0, 200.0


def means(seed: int) -> tuple[float, float]:
    """Return environments and running ones of one run. [count]"""
    from simfaas.ServerlessSimulator import ServerlessSimulator

    # SimFaaS draws from NumPy's global state.
    np.random.seed(seed)
    simulator = ServerlessSimulator(
        arrival_rate=RATE,
        warm_service_rate=1.0 / WARM_S,
        cold_service_rate=1.0 / COLD_S,
        expiration_threshold=IDLE_S,
        max_time=FILLED_S + LENGTH_S,
    )
    simulator.generate_trace(debug_print=False, progress=False)
    first = int(np.searchsorted(simulator.hist_times, FILLED_S))
    weights = simulator.time_lengths[first:]
    environments, running = (
        float(np.average(counts[first:], weights=weights))
        for counts in (simulator.hist_server_count, simulator.hist_server_running_count)
    )
    return environments, running


def main() -> None:
    environments, running = zip(*(means(seed) for seed in range(RUNS)), strict=True)
    sys.stdout.write(json.dumps({"environments": environments, "running": running}))


if __name__ == "__main__":
    main()
