"""What a scenario says of components under `assume`, by the names that the engine uses."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from apps.engine.catalog.base import Kind
from apps.engine.facts import Facts
from apps.engine.traffic.reading import InvalidScenario
from apps.engine.traffic.scenario import Outside, Value

# Names that a scenario may use under `assume.lambda_defaults`, for every function.
DEFAULTS, LINKS = "lambda_defaults", "links"
# The whole of a call with its waits; where a kind has no time of its own, its latency is meant.
DURATION = "duration_ms"
_OWN, _LATENCY, _RATIO = "own_ms", "latency_ms", "duration_p99_ratio"
# p99 over median of a lognormal whose coefficient of variation is that of the law. [-]
_LAWS: Mapping[str, float] = {
    "constant": 1.0,
    "exponential": math.exp(2.326 * math.sqrt(math.log(2.0))),
}
_LAW_NAMES: Mapping[str, tuple[str, ...]] = {
    "duration_distribution": ("constant", "exponential", "lognormal"),
    # Only the mean of a start counts; its law is taken note of and changes nothing but tails.
    "init_distribution": ("constant", "lognormal"),
}


def values_of(
    component: str, kind: Kind, facts: Facts, assume: Mapping[str, Any]
) -> dict[str, Value]:
    """Return what a scenario gives to a component, by the kind's names, and DURATION.

    Parameters
    ----------
    component : str
        Id of the component.
    kind : Kind
        Its kind, which says what can be known.
    facts : Facts
        Prices, quotas and classes of the scenario's Region.
    assume : mapping of str to any
        `assume` of the scenario.

    Returns
    -------
    dict of str to Value
        Each in the unit of the kind's assumption; durations in ms.

    Raises
    ------
    InvalidScenario
        If a name is none of the kind's, with what is known.
    """
    known = kind.assumed(facts)
    found: dict[str, Value] = {}
    defaults = assumed_of(assume, DEFAULTS) if kind.service == "lambda" else {}
    for path, said in ((DEFAULTS, defaults), (component, assumed_of(assume, component))):
        for name, value in said.items():
            at = f"assume.{path}.{name}"
            own = _own_name(name, known)
            if name in _LAW_NAMES:
                found |= _law(name, value, at, known)
            elif own in known or own == DURATION:
                found[own] = Value.from_json(value, at)
            elif path == component and name != "events_per_user_day":
                names = ", ".join(sorted({*known, *([DURATION] if _OWN in known else [])}))
                raise InvalidScenario(f"{at} is not a value; known are {names or 'none'}.")
    return found


def assumed_of(assume: Mapping[str, Any], owner: str) -> Mapping[str, Any]:
    """Return what is said of one owner.

    Parameters
    ----------
    assume : mapping of str to any
        `assume` of the scenario.
    owner : str
        Id of a component, or `lambda_defaults`.

    Returns
    -------
    mapping of str to any
        Values by name; empty where nothing is said.

    Raises
    ------
    InvalidScenario
        If it is no object.
    """
    said = assume.get(owner, {})
    if not isinstance(said, Mapping):
        raise InvalidScenario(f"assume.{owner} must be an object with named values.")
    return said


def check_defaults(assume: Mapping[str, Any], kinds: Mapping[str, Kind], facts: Facts) -> None:
    """Refuse a default that no function of any design could take.

    Parameters
    ----------
    assume : mapping of str to any
        `assume` of the scenario.
    kinds : mapping of str to Kind
        By component id.
    facts : Facts
        Prices, quotas and classes of the scenario's Region.

    Raises
    ------
    InvalidScenario
        If a name is unknown, with those that are known.
    """
    known = {DURATION, *_LAW_NAMES, _OWN, "init_ms", "idle_life_s", _RATIO}
    for kind in kinds.values():
        if kind.IS_COMPUTE:
            known |= set(kind.assumed(facts))
    for name in assumed_of(assume, DEFAULTS):
        if name not in known:
            names = ", ".join(sorted(known))
            raise InvalidScenario(f"assume.{DEFAULTS}.{name} is not a value; known are {names}.")


def _own_name(name: str, known: Mapping[str, Any]) -> str:
    """Return the name that a kind has for a time: what takes no time of its own has a latency."""
    if name in (DURATION, _OWN) and _OWN not in known and _LATENCY in known:
        return _LATENCY
    return DURATION if name == DURATION and _OWN in known else name if name != DURATION else ""


def _law(name: str, law: Any, at: str, known: Mapping[str, Any]) -> dict[str, Value]:
    if law not in _LAW_NAMES[name]:
        raise InvalidScenario(f"{at} must be one of {', '.join(_LAW_NAMES[name])}, not {law!r}.")
    ratio = _LAWS.get(law) if name == "duration_distribution" else None
    return {_RATIO: Value.exactly(ratio)} if ratio is not None and _RATIO in known else {}


def outside_values(outside: tuple[Outside, ...]) -> dict[tuple[str, str], Value]:
    """Return the times that a scenario gives to outside components, by (id, name).

    Parameters
    ----------
    outside : tuple of Outside
        What the scenario says of other companies' APIs.

    Returns
    -------
    dict of (str, str) to Value
        Times to answer. [ms]
    """
    return {(item.id, _LATENCY): item.latency_ms for item in outside if item.latency_ms is not None}
