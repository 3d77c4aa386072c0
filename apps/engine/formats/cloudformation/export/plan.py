"""Properties that are to change → words to write, each in the file where it must stand."""

from __future__ import annotations

from collections.abc import Iterable

from apps.engine.formats.cloudformation.export.ground import Ground, Plan
from apps.engine.formats.cloudformation.export.parameters import is_secret, parameter_of
from apps.engine.formats.cloudformation.export.shared import by_globals, by_parameter
from apps.engine.formats.cloudformation.export.trail import Call
from apps.engine.formats.cloudformation.export.wishes import Wish
from apps.engine.formats.cloudformation.globals import SECTIONS
from apps.engine.formats.errors import CannotWrite

_PARAMETER = "Ref"


def plan_for(ground: Ground, wishes: Iterable[Wish]) -> Plan:
    """Return what must be written for all wishes together.

    Parameters
    ----------
    ground : Ground
        The files as they are.
    wishes : iterable of Wish
        Properties and their new values.

    Returns
    -------
    Plan
        Words by file, and notes.

    Raises
    ------
    CannotWrite
        If one of them has no place of its own; the message is a sentence.
    """
    plan = Plan()
    groups: dict[tuple[str, tuple[str, ...]], list[Wish]] = {}
    for wish in wishes:
        common = _common(ground, wish)
        if common:
            groups.setdefault((wish.resource.stack.prefix, common), []).append(wish)
        else:
            _write_own(ground, plan, wish)
    for (_, common), sharing in groups.items():
        if common[0] == _PARAMETER:
            by_parameter(ground, plan, common[1], sharing)
        else:
            by_globals(ground, plan, common, sharing)
    return plan


def _common(ground: Ground, wish: Wish) -> tuple[str, ...]:
    """Return the parameter or the Globals that others may share; empty for what is its own."""
    trail = ground.trail(wish)
    document = wish.resource.stack.document
    if trail.call is not None:
        return (_PARAMETER, _parameter(wish, trail.call, is_value=not trail.rest))
    path = ("Globals", SECTIONS.get(wish.resource.type, ""), *wish.path)
    is_given = trail.rest and path[1] and document.get(".".join(path)) is not None
    return path if is_given else ()


def _parameter(wish: Wish, call: Call, *, is_value: bool) -> str:
    entry = parameter_of(wish.resource.stack, call.argument)
    if call.name != "Ref" or entry is None or not is_value:
        raise CannotWrite(f"{wish.words} is worked out by {call.name}; change it by hand.")
    if is_secret(entry):
        raise CannotWrite(
            f"{wish.words} is given by the parameter {call.argument}, which is kept secret; "
            "change it by hand."
        )
    return call.argument


def _write_own(ground: Ground, plan: Plan, wish: Wish) -> None:
    """Write a property where it stands, or where it would stand."""
    trail = ground.trail(wish)
    if trail.rest and _is_merged(wish):
        if len(trail.rest) > 1 or wish.value is None:
            raise CannotWrite(
                f"{wish.words} is merged in from a part that others share; change it by hand."
            )
    elif trail.rest and wish.resource.get(".".join(wish.path)) is not None:
        raise CannotWrite(f"{wish.words} is taken in from another file; change it there.")
    if wish.value is not None or not trail.rest:
        ground.add(plan, wish, wish.resource.stack, wish.place)
        plan.note(wish.why)


def _is_merged(wish: Wish) -> bool:
    """Say whether the resource has the property, though not in its own lines."""
    return wish.resource.stack.document.get(".".join(wish.place)) is not None
