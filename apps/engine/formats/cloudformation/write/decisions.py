"""What was decided of scaling: bounds, a target and schedules, for one dimension of a component."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from apps.engine.catalog import KINDS
from apps.engine.catalog.base import ScalingOption
from apps.engine.graph import Architecture

# What a dimension of AWS's automatic scaling is called here, by how its name ends.
_WORDS = {
    "DesiredCapacity": "instances",
    "DesiredCount": "tasks",
    "NodeGroups": "shards",
    "ProvisionedConcurrency": "provisioned",
    "ReadCapacityUnits": "read",
    "ReadReplicaCount": "readers",
    "Replicas": "replicas",
    "VolumeSize": "storage",
    "WriteCapacityUnits": "write",
}
# What is set once and for all, by kind: what AWS takes at least and at most. Of reserved
# concurrency and the units of a table the account's own quota is the bound, which AWS checks.
# AmazonRDS/latest/AuroraUserGuide/aurora-serverless-v2.setting-capacity.html and
# lambda/latest/dg/services-sqs-scaling.html, below docs.aws.amazon.com
FIXED: Mapping[str, Mapping[str, tuple[float, float]]] = {
    "aurora_cluster": {"acu": (0.0, 256.0)},
    "dynamodb_table": {"mode": (1.0, 40_000.0)},
    "lambda_function": {"reserved": (0.0, 100_000.0)},
    "sqs_queue": {"consumers": (2.0, 1000.0)},
}
MODES = ("PAY_PER_REQUEST", "PROVISIONED")
_KEYS = frozenset({"dimension", "min", "max", "target", "mode", "schedules"})
_SCHEDULE_KEYS = frozenset({"at", "min", "max", "zone"})
_CLOCK = re.compile(r"([01]?[0-9]|2[0-3]):([0-5][0-9])")
_EXPRESSION = re.compile(r"(cron|at|rate)\([A-Za-z0-9 ?*,/:#L-]+\)")
TARGET_PERCENT = 70.0
# docs.aws.amazon.com/lambda/latest/dg/provisioned-concurrency.html; a table's target begins higher:
# amazondynamodb/latest/developerguide/AutoScaling.html, keyspaces/latest/devguide/autoscaling.html
LEAST_TARGET, MOST_TARGET = 10.0, 90.0
_LEAST_TARGETS = {"dynamodb_table": 20.0, "keyspaces_table": 20.0}


class InvalidDecision(ValueError):
    """A decision contradicts itself or AWS; the message says which, and what would work."""


@dataclass(frozen=True, slots=True)
class Turn:
    """From a time on, other bounds. `at` is an expression of AWS's schedules."""

    at: str
    minimum: int
    maximum: int
    zone: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """How one dimension of a component is scaled. `target` is a use in percent."""

    component: str
    dimension: str
    minimum: float
    maximum: float
    target: float = TARGET_PERCENT
    mode: str = ""
    # How long it waits before it shrinks; None for AWS's own time. [s]
    pause_s: float | None = None
    schedules: tuple[Turn, ...] = ()


def options_of(kind: str) -> dict[str, ScalingOption]:
    """Return what AWS scales by itself on a kind, by what it is called here.

    Parameters
    ----------
    kind : str
        Name of a kind.

    Returns
    -------
    dict of str to ScalingOption
        Such as `read` and `write` of a table.
    """
    return {_WORDS[option.dimension.rpartition(":")[2]]: option for option in KINDS[kind].SCALING}


def decisions_of(design: Architecture, data: Mapping[str, Any]) -> tuple[Decision, ...]:
    """Read decisions as they are written in JSON.

    Parameters
    ----------
    design : Architecture
        The design that they are about.
    data : mapping of str to any
        By component id: an object with `min`, `max`, `target`, `schedules` and `dimension`, or
        a list of such objects.

    Returns
    -------
    tuple of Decision
        Checked against the bounds of AWS.

    Raises
    ------
    InvalidDecision
        If one names what is not there, or is out of bounds.
    """
    found: list[Decision] = []
    kinds = {component.id: component.kind for component in design.modelled()}
    for id_, entries in data.items():
        if id_ not in kinds:
            raise InvalidDecision(f"There is no component '{id_}' to scale.")
        for entry in entries if isinstance(entries, list) else [entries]:
            found += _decisions(id_, kinds[id_], entry)
    return tuple(found)


def _decisions(id_: str, kind: str, entry: Any) -> Iterator[Decision]:
    if not isinstance(entry, Mapping) or set(entry) - _KEYS:
        raise InvalidDecision(f"{id_}: give an object of {', '.join(sorted(_KEYS))}.")
    known = [*options_of(kind), *FIXED.get(kind, {})]
    asked = str(entry.get("dimension") or ("mode" if "mode" in entry else ""))
    if not known or (asked and asked not in known):
        able = f"one of {', '.join(known)}" if known else "nothing"
        raise InvalidDecision(f"{id_}: {KINDS[kind].label} can scale {able}, not '{asked}'.")
    # A table's reads and writes are scaled alike where nothing tells them apart.
    usual = ["read", "write"] if "read" in known else known[:1]
    for word in [asked] if asked else usual:
        yield _decision(id_, kind, word, entry)


def _decision(id_: str, kind: str, word: str, entry: Mapping[str, Any]) -> Decision:
    if word == "mode":
        if entry.get("mode") not in MODES:
            raise InvalidDecision(f"{id_}: mode is one of {', '.join(MODES)}.")
        return Decision(
            component=id_, dimension=word, minimum=1, maximum=1, mode=str(entry["mode"])
        )
    option = options_of(kind).get(word)
    bounds = (option.minimum, option.maximum) if option is not None else FIXED[kind][word]
    most = _number(id_, "max", entry.get("max", entry.get("min")))
    least = _number(id_, "min", entry.get("min", bounds[0] if option is not None else most))
    if not bounds[0] <= least <= most <= bounds[1]:
        raise InvalidDecision(
            f"{id_}: {word} lies between {bounds[0]:g} and {bounds[1]:g}, the minimum first, "
            f"not {least:g} to {most:g}."
        )
    schedules = entry.get("schedules", [])
    if not isinstance(schedules, list):
        raise InvalidDecision(f"{id_}: schedules is a list.")
    turns = tuple(_turn(id_, turn, bounds) for turn in schedules)
    return Decision(
        component=id_,
        dimension=word,
        minimum=least,
        maximum=most,
        target=_target(id_, kind, entry),
        schedules=turns,
    )


def _target(id_: str, kind: str, entry: Mapping[str, Any]) -> float:
    target = _number(id_, "target", entry.get("target", TARGET_PERCENT))
    least = _LEAST_TARGETS.get(kind, LEAST_TARGET)
    if not least <= target <= MOST_TARGET:
        raise InvalidDecision(
            f"{id_}: the target is a use of {least:g} to {MOST_TARGET:g} %, not {target:g}."
        )
    return target


def _turn(id_: str, turn: Any, bounds: tuple[float, float]) -> Turn:
    if not isinstance(turn, Mapping) or set(turn) - _SCHEDULE_KEYS or "at" not in turn:
        raise InvalidDecision(f"{id_}: a schedule has 'at', 'min' and 'max', and may have 'zone'.")
    at = str(turn["at"])
    clock = _CLOCK.fullmatch(at)
    if clock:
        at = f"cron({int(clock[2])} {int(clock[1])} * * ? *)"
    elif not _EXPRESSION.fullmatch(at):
        raise InvalidDecision(
            f"{id_}: '{at[:60]}' is no time; give one such as 07:30, cron(30 7 ? * MON-FRI *) or "
            "at(2027-01-31T07:30:00)."
        )
    least = _number(id_, "min", turn.get("min", turn.get("max")))
    most = _number(id_, "max", turn.get("max", turn.get("min")))
    if not bounds[0] <= least <= most <= bounds[1]:
        raise InvalidDecision(f"{id_}: at {at} the bounds {least:g} to {most:g} cannot be.")
    return Turn(at, int(least), int(most), str(turn.get("zone", "")))


def _number(id_: str, name: str, value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 1e9:
        raise InvalidDecision(f"{id_}: {name} must be a number, not '{value}'.")
    return float(value)


def implied(design: Architecture) -> tuple[Decision, ...]:
    """Return the decisions that the settings of a design hold already.

    Parameters
    ----------
    design : Architecture
        A design.

    Returns
    -------
    tuple of Decision
        Of tables with bounds, and of services and groups that a policy scales.
    """
    found: list[Decision] = []
    for component in design.modelled():
        settings = component.settings
        if component.kind == "dynamodb_table" and settings.get("billing_mode") == "PROVISIONED":
            found += _of_table(component.id, settings)
        found += _of_group(component.id, component.kind, settings)
    return tuple(found)


def _of_table(id_: str, settings: Mapping[str, Any]) -> Iterator[Decision]:
    for word in ("read", "write"):
        most = settings.get(f"{word}_maximum")
        least = max(1, settings.get(f"{word}_minimum") or 1)
        target = settings.get(f"{word}_target_percent", TARGET_PERCENT)
        if most is not None and most >= least:
            yield Decision(
                component=id_, dimension=word, minimum=least, maximum=most, target=target
            )


def _of_group(id_: str, kind: str, settings: Mapping[str, Any]) -> list[Decision]:
    word = {"ecs_service": "tasks", "auto_scaling_group": "instances"}.get(kind)
    if word is None or not settings.get("scales") or settings.get("is_alone"):
        return []
    least = settings.get("minimum", 1)
    most = settings.get("maximum") or max(least, settings.get("desired") or 1)
    target = settings.get("target_percent") or TARGET_PERCENT
    pause = settings.get("pause_s")
    return [
        Decision(
            component=id_,
            dimension=word,
            minimum=least,
            maximum=most,
            target=target,
            pause_s=pause,
        )
    ]
