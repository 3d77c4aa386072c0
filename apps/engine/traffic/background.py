"""Work that runs beside the users: imports, and reports that read a whole store."""

from __future__ import annotations

from dataclasses import dataclass

from apps.engine.traffic.reading import InvalidScenario, bounded


@dataclass(frozen=True, slots=True)
class Scan:
    """A store that is read from end to end: so much of it, so many readers at once."""

    store: str = ""
    gb: float = bounded(1.0, above=0.0, high=1e6)
    parallel: int = bounded(1, low=1, high=10_000)
    on_replica: bool = False

    def __post_init__(self) -> None:
        if not self.store:
            raise InvalidScenario("A scan lacks store: say which component it reads.")


@dataclass(frozen=True, slots=True)
class Background:
    """Items that come in at an entry, or a scan of a store, by a schedule."""

    name: str = ""
    entry: str = ""
    schedule: str = "cron(0 2 * * ? *)"
    items: float = bounded(0.0, low=0.0, high=1e12)
    items_per_user: float = bounded(0.0, low=0.0, high=1e6)
    over_s: float = bounded(600.0, above=0.0, high=86_400.0)
    scan: Scan | None = None

    def __post_init__(self) -> None:
        if self.scan is not None and self.entry:
            raise InvalidScenario(
                f"The background work '{self.name}' has an entry and a scan; make two of it."
            )


@dataclass(frozen=True, slots=True)
class Live:
    """What users keep open beside their requests, and send over it."""

    sockets_per_concurrent_user: float = bounded(0.0, low=0.0, high=1000.0)
    messages_per_minute: float = bounded(0.0, low=0.0, high=1e6)
