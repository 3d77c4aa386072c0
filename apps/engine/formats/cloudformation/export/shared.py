"""Values that several properties may share: SAM's Globals, and parameters."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from apps.engine.formats.cloudformation.export.ground import Ground, Plan
from apps.engine.formats.cloudformation.export.parameters import (
    parameter_of,
    refusal_of,
    uses_of,
)
from apps.engine.formats.cloudformation.export.trail import follow
from apps.engine.formats.cloudformation.export.wishes import Wish
from apps.engine.formats.cloudformation.export.words import text_of
from apps.engine.formats.cloudformation.globals import SECTIONS
from apps.engine.formats.cloudformation.nodes import Node, Scalar
from apps.engine.formats.cloudformation.stack import Stack
from apps.engine.formats.errors import CannotWrite


def by_globals(ground: Ground, plan: Plan, path: tuple[str, ...], wishes: Sequence[Wish]) -> None:
    """Change Globals where all that share them change alike, else each resource.

    Parameters
    ----------
    ground : Ground
        The files as they are.
    plan : Plan
        It gets the tasks and notes.
    path : tuple of str
        Where in the template the common value stands.
    wishes : sequence of Wish
        The properties that take it and are to change.

    Raises
    ------
    CannotWrite
        If one of several resources is to be without it, or it is an item of a list.
    """
    stack = wishes[0].resource.stack
    sharers = {name for name, body in _declared(stack) if _shares(body, path)}
    is_plain = follow(ground.sheet(stack.document.file), path).is_found
    is_same = len({wish.value for wish in wishes}) == 1
    if is_same and is_plain and sharers == {wish.logical_id for wish in wishes}:
        ground.add(plan, wishes[0], stack, path)
        return
    for wish in wishes:
        if wish.value is None or any(part.isdigit() for part in wish.path):
            raise CannotWrite(
                f"{wish.words} comes from Globals, which other resources share; change it by hand."
            )
        ground.add(plan, wish, stack, wish.place)
        plan.note(f"{wish.words} came from Globals; it stands on the resource itself now.")


def by_parameter(ground: Ground, plan: Plan, name: str, wishes: Sequence[Wish]) -> None:
    """Change a parameter where nothing else uses it, else put the values in its place.

    Parameters
    ----------
    ground : Ground
        The files as they are.
    plan : Plan
        It gets the tasks and notes.
    name : str
        Name of the parameter.
    wishes : sequence of Wish
        The properties that refer to it and are to change.

    Raises
    ------
    CannotWrite
        If several stacks are made of the template.
    """
    stack = wishes[0].resource.stack
    is_alone = uses_of(stack, name) == len(wishes)
    is_same = len({wish.value for wish in wishes}) == 1
    is_given = name in stack.given
    if is_given and is_alone and is_same and _by_parent(ground, plan, name, wishes[0]):
        return
    why = "the stack around it gives" if is_given else "has other uses" if not is_alone else ""
    entry = parameter_of(stack, name)
    if not why and entry is not None:
        why = refusal_of(entry, [wish.value for wish in wishes])
    if not why:
        ground.add(plan, wishes[0], stack, ("Parameters", name, "Default"))
        plan.note(
            f"The default of the parameter {name} is {_word(wishes[0])} now; where a deployment "
            "gives it a value, give the new one."
        )
        return
    for wish in wishes:
        ground.add(plan, wish, stack, wish.place)
        if wish.value is not None:
            plan.note(
                f"{wish.words} is {_word(wish)} now in place of the parameter {name}, which {why}."
            )


def _by_parent(ground: Ground, plan: Plan, name: str, wish: Wish) -> bool:
    """Change what the stack around gives, where it is a word of its own."""
    nested = wish.resource.stack.prefix.rstrip("/")
    around, _, logical_id = nested.rpartition("/")
    parent = ground.stacks.get(f"{around}/" if around else "")
    path = ("Resources", logical_id, "Properties", "Parameters", name)
    if wish.value is None or parent is None:
        return False
    if not follow(ground.sheet(parent.document.file), path).is_found:
        return False
    ground.add(plan, wish, parent, path)
    plan.note(f"{wish.words} is what {nested} gives as {name}, and is changed there.")
    return True


def _word(wish: Wish) -> str:
    return text_of(wish.value) if wish.value is not None else "nothing"


def _declared(stack: Stack) -> Iterable[tuple[str, Node]]:
    section = stack.document.get("Resources")
    return section.pairs() if section is not None else ()


def _shares(body: Node, path: tuple[str, ...]) -> bool:
    """Say whether a resource takes a value from Globals."""
    _, section, *own = path
    type_ = body.get("Type")
    is_of_section = isinstance(type_, Scalar) and SECTIONS.get(type_.text()) == section
    return is_of_section and body.get(f"Properties.{'.'.join(own)}") is None
