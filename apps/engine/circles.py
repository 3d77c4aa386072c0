"""Circles that feed themselves: where each event causes at least one more, without end."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from apps.engine.catalog.base import Spread
from apps.engine.fluid.compile import compile_model
from apps.engine.fluid.model import Model, Placed
from apps.engine.inputs import Input, Inputs, link_name

# A gain this close to one is one: the circle does not die out within a day.
_ENDLESS = 0.999


@dataclass(frozen=True, slots=True)
class Circle:
    """Components that start each other again, and how many events each event causes."""

    components: tuple[str, ...]
    gain: float

    def __str__(self) -> str:
        return (
            f"{' → '.join((*self.components, self.components[0]))} grows without end: each event "
            f"causes {self.gain:.3g} more. The verdict counts the first round only."
        )


def without_endless(inputs: Inputs) -> tuple[Inputs, tuple[Circle, ...]]:
    """Return the inputs with every endless circle opened at its last link, and the circles.

    Parameters
    ----------
    inputs : Inputs
        The design.

    Returns
    -------
    (Inputs, tuple of Circle)
        The same inputs where there is no such circle.

    Notes
    -----
    A circle that hands over asynchronously runs for ever when the product of its calls is at
    least one; it would hold no users at all. Lambda itself stops such a chain after about 16
    rounds, other services do not.
    """
    found: list[Circle] = []
    for _ in range(len(inputs.architecture.links)):
        opened = _open_one(inputs)
        if opened is None:
            break
        inputs, circle = opened
        found.append(circle)
    return inputs, tuple(found)


def _open_one(inputs: Inputs) -> tuple[Inputs, Circle] | None:
    model = compile_model(inputs.blueprint())
    for path, gain in _circles(model):
        components = list(dict.fromkeys(item.component for item in path))
        last, first = path[-1].component, path[0].component
        if gain < _ENDLESS or len(components) < 2:
            continue
        by_key = dict(inputs.by_key)
        for link in inputs.architecture.links:
            if (link.source, link.target) == (last, first):
                key = (link_name(link), "calls")
                by_key[key] = Input(key, Spread(0.0, 0.0, 0.0, "Opened circle"), is_set=True)
        return replace(inputs, by_key=by_key), Circle(tuple(components), gain)
    return None


def _circles(model: Model) -> Iterator[tuple[list[Placed], float]]:
    """Yield circles through stages, each with the product of its calls."""
    by_inn = {item.port.inn: item for item in model.placed}

    def outs(item: Placed) -> list[tuple[Placed, float]]:
        sends = [(by_inn[send.inn], 1.0) for send in item.port.sends]
        return [*sends, *((t, calls) for t, calls in model.wires.get(item.key, []) if calls)]

    done: set[tuple[str, str, int]] = set()
    for start in model.placed:
        if start.key in done:
            continue
        stack: list[tuple[list[Placed], list[float]]] = [([start], [1.0])]
        while stack:
            path, gains = stack.pop()
            done.add(path[-1].key)
            for target, calls in outs(path[-1]):
                keys = [item.key for item in path]
                if target.key in keys:
                    at = keys.index(target.key)
                    yield _turned(path[at:]), gains[-1] * calls / gains[at]
                elif target.key not in done:
                    stack.append(([*path, target], [*gains, gains[-1] * calls]))


def _turned(path: list[Placed]) -> list[Placed]:
    """Return the circle so turned that it ends where one component hands over to another."""
    for k, item in enumerate(path):
        if path[k - 1].component != item.component:
            return path[k:] + path[:k]
    return path
