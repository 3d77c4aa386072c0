"""How fast other simulators are on this machine, now: a script for their own environment.

It imports nothing of Headroom. It prints one JSON object, requests per second of CPU by name.
"""

from __future__ import annotations

import json
import random
import sys
import time
from collections.abc import Callable, Iterator

WARM_S, COLD_S, IDLE_S = 2.016, 2.163, 600.0
# Arrivals per second, and simulated seconds: long enough that the pool has filled.
POOLS = ((0.9, 60_000.0), (10.0, 6_000.0), (100.0, 300.0), (1000.0, 25.0))
SERVERS, LOAD = 100, 90.0


def simfaas(rate: float, seconds: float) -> float:
    """Return requests per CPU second of SimFaaS for one function."""
    from simfaas.ServerlessSimulator import ServerlessSimulator

    simulator = ServerlessSimulator(
        arrival_rate=rate,
        warm_service_rate=1.0 / WARM_S,
        cold_service_rate=1.0 / COLD_S,
        expiration_threshold=IDLE_S,
        max_time=seconds,
        maximum_concurrency=100_000,
    )
    spent = _cpu_s(lambda: simulator.generate_trace(debug_print=False, progress=False))
    return float(simulator.total_req_count) / spent


def simpy_queue(requests: int) -> float:
    """Return customers per CPU second of SimPy for M/M/100."""
    import simpy

    chance = random.Random(1)
    environment = simpy.Environment()
    servers = simpy.Resource(environment, SERVERS)

    def customer() -> Iterator[object]:
        with servers.request() as turn:
            yield turn
            yield environment.timeout(chance.expovariate(1.0))

    def source() -> Iterator[object]:
        for _ in range(requests):
            yield environment.timeout(chance.expovariate(LOAD))
            environment.process(customer())

    environment.process(source())
    return requests / _cpu_s(environment.run)


def ciw_queue(requests: int) -> float:
    """Return customers per CPU second of Ciw for M/M/100."""
    import ciw

    ciw.seed(1)
    network = ciw.create_network(
        arrival_distributions=[ciw.dists.Exponential(rate=LOAD)],
        service_distributions=[ciw.dists.Exponential(rate=1.0)],
        number_of_servers=[SERVERS],
    )
    simulation = ciw.Simulation(network)
    return requests / _cpu_s(lambda: simulation.simulate_until_max_time(requests / LOAD))


def _cpu_s(run: Callable[[], object]) -> float:
    start = time.process_time()
    run()
    return time.process_time() - start


def main() -> None:
    result = {f"simfaas {rate:g}/s": simfaas(rate, seconds) for rate, seconds in POOLS}
    result["simpy M/M/100"] = simpy_queue(60_000)
    result["ciw M/M/100"] = ciw_queue(40_000)
    sys.stdout.write(json.dumps(result))


if __name__ == "__main__":
    main()
