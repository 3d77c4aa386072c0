"""What is asked of a design: the targets that a day must hold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from apps.engine.traffic.reading import InvalidScenario, bounded, read_number, read_record


@dataclass(frozen=True, slots=True)
class Most:
    """An upper bound; a bare number in JSON."""

    max: float = bounded(0.0, low=0.0)
    window_s: float = bounded(60.0, above=0.0, high=86_400.0)
    per: str = bounded("entry", choices=("entry",))
    queue: str | None = None

    def __post_init__(self) -> None:
        if self.window_s % 60.0:
            raise InvalidScenario(
                f"A target's window_s takes whole minutes, such as 60, not {self.window_s:g}."
            )

    @classmethod
    def from_json(cls, value: Any, path: str) -> Self:
        """Read a bare number, or an object with `max` and what else is known.

        Parameters
        ----------
        value : any
            What JSON held.
        path : str
            Where it stands in the file, for the refusal.

        Returns
        -------
        Most
            A bound in the unit of the target.
        """
        if isinstance(value, Mapping):
            return read_record(cls, value, path)
        return cls(read_number(value, path, {"low": 0.0}))


@dataclass(frozen=True, slots=True)
class Targets:
    refused_share: Most = Most(0.001)
    p95_ms: float | None = bounded(None, above=0.0, high=900_000.0)
    p99_ms: float | None = bounded(None, above=0.0, high=900_000.0)
    queue_age_s: Most = Most(900.0)
    dead_letters: Most = Most(0.0)
    monthly_usd: float | None = bounded(None, low=0.0, high=1e12)
