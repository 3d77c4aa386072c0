"""Send requests when they are due, whether or not those before them are answered.

    python -m tests.load.generator '{"port": …, "path": …, "count": …, "over_s": …, …}'

The arrivals are those of a Poisson process of which the number is known: independent and uniform
over the time. A request's time counts from when it was due, so a generator that falls behind
shows. Prints one JSON list for each request: when it was due, status, whether it was refused at
the door, and seconds until the last byte.
"""

from __future__ import annotations

import asyncio
import json
import random
import sys
import time
from dataclasses import dataclass
from typing import Any

from tests.load.front import REFUSED

TIMEOUT_S = 30.0
AHEAD_S = 0.2


@dataclass(frozen=True, kw_only=True)
class Load:
    port: int
    path: str
    cookies: list[str]
    count: int
    over_s: float
    seed: int

    def due(self) -> list[float]:
        chance = random.Random(self.seed)
        return sorted(chance.uniform(0.0, self.over_s) for _ in range(self.count))


async def send(load: Load) -> list[list[Any]]:
    start = time.perf_counter() + AHEAD_S
    calls = []
    for k, due in enumerate(load.due()):
        await asyncio.sleep(max(0.0, start + due - time.perf_counter()))
        calls.append(asyncio.create_task(call(load, k, start, due)))
    return list(await asyncio.gather(*calls))


async def call(load: Load, k: int, start: float, due: float) -> list[Any]:
    # A person may look at so many forecasts in a minute, so many people come.
    cookie = load.cookies[k % len(load.cookies)]
    head = f"GET {load.path} HTTP/1.1\r\nHost: localhost\r\nCookie: {cookie}\r\n\r\n"
    async with asyncio.timeout(TIMEOUT_S):
        reader, writer = await asyncio.open_connection("127.0.0.1", load.port, limit=2**20)
        writer.write(head.encode())
        answer = await reader.read(-1)
        writer.close()
    seconds = time.perf_counter() - start - due
    lines = answer.partition(b"\r\n\r\n")[0].decode("latin-1")
    return [due, int(lines.split(" ", 2)[1]), f"{REFUSED[0]}: {REFUSED[1]}" in lines, seconds]


if __name__ == "__main__":
    json.dump(asyncio.run(send(Load(**json.loads(sys.argv[1])))), sys.stdout)
