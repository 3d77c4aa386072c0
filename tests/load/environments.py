"""Execution environments on a core of their own, and the pool from which Lambda takes them."""

from __future__ import annotations

import json
import os
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Self

from tests.deploy.doors import Answer, answer_of
from tests.deploy.sandbox import Invocation, Sandbox

HANDLER = "project.lambda_entry.lambda_handler"
TIMEOUT_S = 29.0


class Environment(Sandbox):
    """One environment, which has the share of a core that its memory size gives it.

    Lambda holds a function back to that share. Here a call keeps its environment busy until its
    CPU time fits into the share, so that several environments on one core do not lend each other
    what they do not use. With a whole core nothing is held back.
    """

    def __init__(
        self,
        root: Path,
        *,
        python: str,
        variables: Mapping[str, str],
        core: int,
        share: float = 1.0,
        log: Path | None = None,
    ) -> None:
        super().__init__(root, python=python, handler=HANDLER, environment=variables, log=log)
        os.sched_setaffinity(self.process.pid, {core})
        self.share = share
        # The CPU clock of another process: clock_getcpuclockid(3).
        self._clock = (~self.process.pid << 3) | 2
        if not self.ready.wait(60) or self.init_error is not None:
            raise RuntimeError(f"The function does not start: {self.init_error!r}")
        self._used_s = self.used_s()

    def __enter__(self) -> Self:
        return self

    def used_s(self) -> float:
        """Return the CPU time that the process has used so far."""
        return time.clock_gettime(self._clock)

    def serve(self, event: Any) -> Answer:
        began = time.perf_counter()
        invocation = Invocation(json.dumps(event).encode(), TIMEOUT_S)
        self.events.put(invocation)
        # Not `invoke`, which asks every half millisecond: four of them would fill a core.
        if not invocation.done.wait(TIMEOUT_S) or invocation.response is None:
            raise RuntimeError(f"The function failed: {invocation.error!r}")
        used_s = self.used_s()
        until = began + (used_s - self._used_s) / self.share
        self._used_s = used_s
        time.sleep(max(0.0, until - time.perf_counter()))
        return answer_of(json.loads(invocation.response))


class Pool:
    """Hand a call to the idle environment that was used last, or to none, as Lambda does."""

    def __init__(self, environments: Sequence[Environment]) -> None:
        self.environments = environments
        self.served_s: list[float] = []
        self._idle = list(environments)
        self._lock = threading.Lock()

    def serve(self, event: Any) -> Answer | None:
        """Return the function's answer, or None where every environment is busy."""
        with self._lock:
            if not self._idle:
                return None
            environment = self._idle.pop()
        began = time.perf_counter()
        try:
            return environment.serve(event)
        finally:
            with self._lock:
                self.served_s.append(time.perf_counter() - began)
                self._idle.append(environment)

    def used_s(self) -> float:
        return sum(environment.used_s() for environment in self.environments)
