"""A scenario: who comes, how often, when, and what is asked of the design."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from apps.engine.traffic.background import Background, Live
from apps.engine.traffic.faults import MOST_FAULTS, Fault
from apps.engine.traffic.reading import InvalidScenario, bounded, read_record
from apps.engine.traffic.reading import seconds_of as seconds_of
from apps.engine.traffic.targets import Targets
from apps.engine.traffic.usage import check_usage
from apps.engine.traffic.values import Value as Value

SCHEMA = "headroom/scenario/1"
UNITS = (
    "daily_active",
    "monthly_active",
    "registered",
    "concurrent",
    "seats",
    "devices",
    "requests_per_month",
)
MOST_USERS = 1e9
PRESETS = (
    "content",
    "web-shop",
    "b2b-saas",
    "internal-tool",
    "mobile-app",
    "social",
    "casual-game",
    "finance",
    "learning",
    "public-forms",
    "iot",
    "partner-api",
    "live-event",
)


@dataclass(frozen=True, slots=True)
class Population:
    unit: str = bounded("daily_active", choices=UNITS)
    value: float = bounded(10_000.0, above=0.0, high=MOST_USERS * 1000)
    daily_per_monthly: float | None = bounded(None, above=0.0, high=1.0)
    monthly_per_registered: float | None = bounded(None, above=0.0, high=1.0)
    growth_percent_per_month: float = bounded(0.0, low=-100.0, high=1000.0)

    def __post_init__(self) -> None:
        if self.value < 1.0:
            raise InvalidScenario(f"population.value must be at least 1, not {self.value:g}.")
        if self.unit != "requests_per_month" and self.value > MOST_USERS:
            raise InvalidScenario(
                f"population.value must be at most {MOST_USERS:,.0f} users, not {self.value:,.0f}."
            )


@dataclass(frozen=True, slots=True)
class Visits:
    per_daily_user: float | None = bounded(None, above=0.0, high=10_000.0)
    minutes: float | None = bounded(None, above=0.0, high=1440.0)
    logged_in_share: float = bounded(0.3, low=0.0, high=1.0)
    first_view_share: float = bounded(0.4, low=0.0, high=1.0)


@dataclass(frozen=True, slots=True)
class Action:
    name: str = ""
    entry: str = ""
    route: str = ""
    per_visit: float | None = bounded(None, low=0.0, high=1e6)
    per_user_day: float | None = bounded(None, low=0.0, high=1e6)
    requests: float = bounded(1.0, low=0.0, high=1e4)
    cacheable: bool = False
    bytes_in: float = bounded(500.0, low=0.0, high=1e10)
    bytes_out: float = bounded(5000.0, low=0.0, high=1e10)


@dataclass(frozen=True, slots=True)
class TimeZoneShare:
    utc_offset: float = bounded(0.0, low=-12.0, high=14.0)
    share: float = bounded(1.0, low=0.0, high=1.0)


@dataclass(frozen=True, slots=True)
class Day:
    preset: str = ""
    timezone: str = "UTC"
    hour_shares_percent: tuple[float, ...] = bounded((), low=0.0, high=100.0)
    timezones: tuple[TimeZoneShare, ...] = ()
    interpolation: str = bounded(
        "linear_between_hour_centres", choices=("linear_between_hour_centres", "step")
    )
    minute_peak_factor: float = bounded(1.2, low=1.0, high=60.0)
    arrivals: str = bounded("poisson", choices=("poisson", "constant"))

    def __post_init__(self) -> None:
        shares = self.hour_shares_percent
        if shares and (len(shares) != 24 or not 99.0 <= sum(shares) <= 101.0):
            raise InvalidScenario(
                f"day.hour_shares_percent takes 24 numbers that add up to 100, "
                f"not {len(shares)} that add up to {sum(shares):g}."
            )


@dataclass(frozen=True, slots=True)
class Factors:
    factors: tuple[float, ...] = bounded((), low=0.0, high=1000.0)


@dataclass(frozen=True, slots=True)
class Event:
    name: str = ""
    at: str = "20:00:00"
    entry: str = ""
    ramp_s: float = bounded(0.0, low=0.0, high=86_400.0)
    hold_s: float = bounded(0.0, low=0.0, high=86_400.0)
    decay_s: float = bounded(0.0, low=0.0, high=86_400.0)
    factor: float | None = bounded(None, low=0.0, high=10_000.0)
    users_share: float | None = bounded(None, low=0.0, high=1.0)
    requests_per_user: float = bounded(1.0, low=0.0, high=1e6)
    recipients_share: float | None = bounded(None, low=0.0, high=1.0)
    open_share: float = bounded(0.03, low=0.0, high=1.0)
    median_open_s: float = bounded(420.0, above=0.0, high=86_400.0)
    requests_per_open: float = bounded(4.0, low=0.0, high=1e6)

    def __post_init__(self) -> None:
        seconds_of(self.at, f"The event '{self.name}'")


@dataclass(frozen=True, slots=True)
class Devices:
    name: str = ""
    entry: str = ""
    count_per_user: float = bounded(0.0, low=0.0, high=1e6)
    count: float = bounded(0.0, low=0.0, high=1e12)
    every_s: float = bounded(60.0, above=0.0, high=86_400.0)
    jitter: float = bounded(0.1, low=0.0, high=1.0)


@dataclass(frozen=True, slots=True)
class Partner:
    name: str = ""
    entry: str = ""
    per_s: float = bounded(0.0, low=0.0, high=1e9)
    burst: float = bounded(0.0, low=0.0, high=1e9)


@dataclass(frozen=True, slots=True)
class Bots:
    share_of_requests: float | None = bounded(None, low=0.0, high=0.99)
    day: str = bounded("flat", choices=("flat", "like_users"))
    cache_hit: float = bounded(0.2, low=0.0, high=1.0)


@dataclass(frozen=True, slots=True)
class Client:
    attempts: int = bounded(1, low=1, high=10)
    retry_on: tuple[str, ...] = ("429", "5xx")
    delay_s: float = bounded(1.0, above=0.0, high=3600.0)
    timeout_s: float = bounded(30.0, above=0.0, high=900.0)
    rtt_ms: float = bounded(40.0, low=0.0, high=60_000.0)
    preflight: bool = False


@dataclass(frozen=True, slots=True)
class Sdk:
    mode: str = bounded("standard", choices=("legacy", "standard", "adaptive", "off"))
    attempts: int = bounded(3, low=1, high=20)


@dataclass(frozen=True, slots=True)
class AccountLimits:
    lambda_concurrency: int | None = bounded(None, low=1, high=1_000_000)
    used_by_others: int = bounded(0, low=0, high=1_000_000)


@dataclass(frozen=True, slots=True)
class Outside:
    """Another company's API: what is said of it is exact, what is not said is assumed."""

    id: str = ""
    read_from: str = ""
    latency_ms: Value | None = None
    rate_limit_rps: float | None = bounded(None, low=0.01, high=1_000_000.0)
    burst: float | None = bounded(None, low=1.0, high=1_000_000.0)
    # Every answer beyond its limit is a refusal, whatever its number.
    over_limit: str = bounded("429", choices=("429", "5xx"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """What a team says of its users. Stored as `headroom/scenario/1`."""

    population: Population = Population()
    name: str = ""
    preset: str = bounded("web-shop", choices=PRESETS)
    region: str = "us-east-1"
    note: str = ""
    visits: Visits = Visits()
    actions: tuple[Action, ...] = ()
    day: Day = Day()
    week: Factors = Factors()
    year: Factors = Factors()
    events: tuple[Event, ...] = ()
    background: tuple[Background, ...] = ()
    devices: tuple[Devices, ...] = ()
    partners: tuple[Partner, ...] = ()
    bots: Bots = Bots()
    live: Live = dataclasses.field(default_factory=Live)
    data: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    client: Client = Client()
    sdk: Sdk = Sdk()
    account: AccountLimits = AccountLimits()
    outside: tuple[Outside, ...] = ()
    faults: tuple[Fault, ...] = ()
    assume: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    # Quantities of a month that stay as they are whoever comes, by component and meter.
    usage: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    targets: Targets = dataclasses.field(default_factory=Targets)
    busiest_minute_requests: float | None = bounded(None, low=0.0, high=1e12)

    def __post_init__(self) -> None:
        if len(self.faults) > MOST_FAULTS:
            raise InvalidScenario(f"faults takes at most {MOST_FAULTS}, not {len(self.faults)}.")
        check_usage(self.usage)

    @classmethod
    def from_dict(cls, data: Any) -> Self:
        """Read a scenario file.

        Parameters
        ----------
        data : any
            What JSON held, of the schema `headroom/scenario/1`.

        Returns
        -------
        Scenario
            Checked, with defaults for what is not said.

        Raises
        ------
        InvalidScenario
            If it is no object or of another schema, or a field is refused; with its path.
        """
        if not isinstance(data, Mapping):
            raise InvalidScenario("A scenario is a JSON object.")
        if data.get("schema", SCHEMA) != SCHEMA:
            raise InvalidScenario(f"schema must be '{SCHEMA}', not {data['schema']!r}.")
        return read_record(cls, {k: v for k, v in data.items() if k != "schema"})

    def to_dict(self) -> dict[str, Any]:
        """Return what `from_dict` reads.

        Returns
        -------
        dict
            Plain JSON, with the schema.
        """
        body: dict[str, Any] = _plain(dataclasses.asdict(self))
        if not self.usage:
            # A question that says nothing of it stays the one that it was before it could.
            del body["usage"]
        return {"schema": SCHEMA, **body}


def _plain(value: Any) -> Any:
    """Turn tuples into lists, as JSON has no other sequence."""
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, tuple | list) else value
