"""What a usage file knows of a design: values in force, and quantities that stand on the bill."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from apps.engine.catalog.base import Kind, Meters, UsageKey, read_meter, with_quantities
from apps.engine.curve import Outcome, outcome
from apps.engine.facts import Facts
from apps.engine.formats.infracost_file import Said, UsageFile, number, said_of
from apps.engine.graph import Architecture
from apps.engine.headroom.case import Case
from apps.engine.inputs import Inputs, collect
from apps.engine.traffic.assumed import DURATION
from apps.engine.traffic.population import daily_users
from apps.engine.traffic.scenario import Scenario

_KB = 1024.0
_OWN, _ITEM, _STORED = "own_ms", "item_bytes", "stored_gb"
# So many names stand in one warning, each of so many characters at most.
_MOST_NAMES, _LONGEST = 12, 100


@dataclass(slots=True)
class _Sorted:
    """What a file says, sorted by what becomes of it."""

    values: dict[str, dict[str, float]] = field(default_factory=dict)
    quantities: dict[str, dict[str, float]] = field(default_factory=dict)
    keys: dict[tuple[str, str], str] = field(default_factory=dict)
    unknown: list[str] = field(default_factory=list)
    twice: list[str] = field(default_factory=list)


def with_usage(
    architecture: Architecture, scenario: Scenario, facts: Facts, file: UsageFile
) -> tuple[Scenario, tuple[str, ...]]:
    """Return a scenario that knows what a usage file says.

    Parameters
    ----------
    architecture : Architecture
        The design.
    scenario : Scenario
        Who comes. What it says itself stays.
    facts : Facts
        Prices, quotas and classes of the scenario's Region.
    file : UsageFile
        Usage by address and by type of resource.

    Returns
    -------
    (Scenario, tuple of str)
        With durations and sizes under `assume`, and under `usage` the quantities that no
        simulation of the design knows; and a sentence for all that was left out.

    Raises
    ------
    InvalidScenario, InvalidSetting, SyncCycle
        As `forecast`.

    Notes
    -----
    A day is simulated at the users asked for: what it counts of a component follows from the
    users, and a quantity in the file does not change it.
    """
    said, lost = said_of(architecture, file)
    inputs = collect(architecture, scenario, facts)
    found = _Sorted()
    for one in said:
        _sort(found, one, inputs, scenario)
    assume = {**scenario.assume}
    for component, values in found.values.items():
        assume[component] = {**values, **assume.get(component, {})}
    scenario = replace(scenario, assume=assume)
    kept, follows = _kept(found, architecture, scenario, facts)
    usage = {**scenario.usage}
    for component, quantities in kept.items():
        usage[component] = {**quantities, **usage.get(component, {})}
    return replace(scenario, usage=usage), tuple(_sentences(found, lost, follows))


def _sort(found: _Sorted, said: Said, inputs: Inputs, scenario: Scenario) -> None:
    kind = inputs.kinds[said.component]
    assumed = kind.assumed(inputs.facts)
    keys = {key.key: key for key in reversed(kind.USAGE_KEYS) if said.type in ("", key.type)}
    for name, given in said.usage.items():
        value, key = number(given), keys.get(name)
        if value is None or key is None:
            found.unknown.append(f"{said.address}.{name}")
            continue
        force = _in_force(key, value, assumed)
        if force is None:
            path = f"{key.meter} per {key.per}" if key.per else key.meter
            amount = value * key.factor
            found.quantities.setdefault(said.component, {})[path] = amount
            found.keys[said.component, path] = f"{name} of {said.component}"
        elif _says(scenario, said.component, force[0]):
            found.twice.append(f"{name} of {said.component}")
        else:
            found.values.setdefault(said.component, {})[force[0]] = force[1]


def _says(scenario: Scenario, component: str, name: str) -> bool:
    own = scenario.assume.get(component)
    names = (DURATION, _OWN) if name == DURATION else (name,)
    return isinstance(own, Mapping) and any(one in own for one in names)


def _in_force(key: UsageKey, value: float, assumed: Mapping[str, Any]) -> tuple[str, float] | None:
    """Return the value that a key stands for and what it is called; None for a quantity."""
    field_, _, name = key.meter.partition(".")
    if key.per and field_ in ("busy_s", "ready_busy_s") and _OWN in assumed:
        return DURATION, value * key.factor * 1000.0
    if key.per and key.key == "request_size_kb" and _ITEM in assumed:
        return _ITEM, value * _KB
    if field_ == _STORED and _STORED in assumed:
        return _STORED, value * key.factor
    if field_ == "values" and name in assumed:
        return name, value * key.factor
    return None


def _kept(
    found: _Sorted, architecture: Architecture, scenario: Scenario, facts: Facts
) -> tuple[dict[str, dict[str, float]], list[str]]:
    """Return the quantities that no simulation knows, and the names of those that it does."""
    if not found.quantities:
        return {}, []
    case = Case(collect(architecture, scenario, facts), {})
    asked = daily_users(scenario, case.habits, case.requests_per_user_day)
    day: Outcome = outcome(case, asked, 0)
    kept: dict[str, dict[str, float]] = {}
    follows = []
    for component, quantities in found.quantities.items():
        kind, meters = case.inputs.kinds[component], day.meters[component]
        for path, value in quantities.items():
            if _is_simulated(kind, meters, path, value):
                follows.append(found.keys[component, path])
            else:
                kept.setdefault(component, {})[path] = value
    return kept, follows


def _is_simulated(kind: Kind, meters: Meters, path: str, value: float) -> bool:
    """Say whether the users already make a line of the bill that a quantity would change."""
    meter = path.partition(" per ")[0]
    if not meter.startswith(("given.", _STORED)) and read_meter(meters, meter) > 0.0:
        return True
    own, other = (_flows(kind, one) for one in (meters, with_quantities(meters, {path: value})))
    return any(quantity > 0.0 and other.get(key) != quantity for key, quantity in own.items())


def _flows(kind: Kind, meters: Meters) -> dict[tuple[str, str], float]:
    """Return what is billed by the unit; what is kept for the month is no flow."""
    return {
        (usage.price_id, usage.label): usage.quantity
        for usage in kind.usage(meters)
        if not usage.unit.endswith("-month")
    }


def _sentences(found: _Sorted, lost: Iterable[str], follows: list[str]) -> Iterable[str]:
    if follows:
        verb = "follows" if len(follows) == 1 else "follow"
        yield f"Usage file: {_names(follows)} {verb} from the users, who are asked for instead."
    if found.twice:
        yield f"Usage file: the scenario itself says {_names(found.twice)}."
    addresses = list(lost)
    if addresses:
        yield f"Usage file: no one component of the design is named by {_names(addresses)}."
    if found.unknown:
        yield f"Usage file: these keys or their values are not known: {_names(found.unknown)}."


def _names(names: list[str]) -> str:
    once = list(dict.fromkeys(name[:_LONGEST] for name in names))
    more = f" and {len(once) - _MOST_NAMES} more" if len(once) > _MOST_NAMES else ""
    return f"{', '.join(once[:_MOST_NAMES])}{more}"
