"""What AWS bills: the meters of a component, and the quantities that follow from them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple


@dataclass(frozen=True, slots=True)
class Usage:
    """A quantity that AWS bills: `price_id` is the row of the price book."""

    price_id: str
    label: str
    unit: str
    quantity: float
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Meters:
    """What one component did in a month, as the bill reads it.

    `offered`, `passed`, `called` (requests, or batches, that made calls), `units` and `ready`
    (units kept ready, used or not) are by role [count/month]; times are sums [s/month];
    `ready_busy_s` is the part of `busy_s` in what is kept ready; `bytes_out` leaves AWS to the
    internet when `is_edge`; `peak` is by gauge, in its own unit.
    `given` are quantities that are known as they stand on the bill, such as those of a usage
    file, in the kind's own words; they stand instead of what it would work out.
    `users` are monthly active users. `values` are what the kind says in `billed`, by name. Of
    `stored_gb`, `grown_gb` came with the users. `design` is what all of it does, for kinds that
    watch: `requests` at its entries, `log_gb` written, and `<kind>.gb` stored.
    """

    offered: Mapping[str, float] = field(default_factory=dict)
    passed: Mapping[str, float] = field(default_factory=dict)
    called: Mapping[str, float] = field(default_factory=dict)
    units: Mapping[str, float] = field(default_factory=dict)
    ready: Mapping[str, float] = field(default_factory=dict)
    peak: Mapping[str, float] = field(default_factory=dict)
    values: Mapping[str, float] = field(default_factory=dict)
    given: Mapping[str, float] = field(default_factory=dict)
    busy_s: float = 0.0
    ready_busy_s: float = 0.0
    environment_s: float = 0.0
    cold_starts: float = 0.0
    init_s: float = 0.0
    bytes_in: float = 0.0
    bytes_out: float = 0.0
    log_bytes: float = 0.0
    stored_gb: float = 0.0
    grown_gb: float = 0.0
    design: Mapping[str, float] = field(default_factory=dict)
    users: float = 0.0
    hours: float = 730.0
    is_edge: bool = False


class UsageKey(NamedTuple):
    """A key of an Infracost usage file: meter = value × factor, × another meter if `per` names it.

    `type` is the resource type of Terraform; `key` is dotted where the file nests; `meter` and
    `per` are fields of `Meters`, with the name in it after a dot: `passed.invoke`,
    `given.requests`, `busy_s`.
    """

    type: str
    key: str
    meter: str
    factor: float = 1.0
    per: str = ""
