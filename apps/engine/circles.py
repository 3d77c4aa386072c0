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
# Lambda ends a chain in which a function was invoked so often, as far as it can follow it.
# https://docs.aws.amazon.com/lambda/latest/dg/invocation-recursion.html
ROUNDS, _FOLLOWED = 16, frozenset({"lambda", "s3", "sns", "sqs"})


@dataclass(frozen=True, slots=True)
class Circle:
    """Components that start each other again, and how many events each event causes.

    `stops_after` are the rounds after which Lambda ends it; None where nothing does.
    """

    components: tuple[str, ...]
    gain: float
    stops_after: int | None = None

    def __str__(self) -> str:
        way = " → ".join((*self.components, self.components[0]))
        if self.stops_after is not None:
            return (
                f"{way} feeds itself: each event causes {self.gain:.3g} more. Lambda stops it "
                f"after about {self.stops_after} rounds, and the verdict counts them all."
            )
        return (
            f"{way} grows without end: each event causes {self.gain:.3g} more. The verdict counts "
            "the first round only."
        )


def without_endless(inputs: Inputs) -> tuple[Inputs, tuple[Circle, ...]]:
    """Return the inputs with every endless circle weakened or opened at its last link.

    Parameters
    ----------
    inputs : Inputs
        The design.

    Returns
    -------
    (Inputs, tuple of Circle)
        What can be run, and the circles; the same inputs where there is none.

    Notes
    -----
    A circle that hands over asynchronously runs for ever when the product of its calls is at
    least one; it would hold no users at all, so its first round alone is counted. Lambda stops
    such a chain after about 16 rounds where it consists of functions, queues, topics and
    buckets: one event then makes ``S = 1 + g + … + g^15`` rounds, as many as a circle of gain
    ``1 - 1/S`` makes. A circle so strong that even 16 rounds are beyond counting is opened.

    References
    ----------
    .. [1] https://docs.aws.amazon.com/lambda/latest/dg/invocation-recursion.html
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
        components = tuple(dict.fromkeys(item.component for item in path))
        if gain < _ENDLESS or len(components) < 2:
            continue
        path = _turned(path, _fed(inputs, set(components)))
        components = tuple(dict.fromkeys(item.component for item in path))
        left, stops_after = 0.0, None
        if _is_followed(inputs, components):
            lasting = 1.0 - 1.0 / sum(gain**k for k in range(ROUNDS))
            if lasting < _ENDLESS:
                left, stops_after = lasting / gain, ROUNDS
        weaker = _weakened(inputs, components[-1], components[0], left)
        return weaker, Circle(components, gain, stops_after)
    return None


def _weakened(inputs: Inputs, source: str, target: str, left: float) -> Inputs:
    """Return the inputs with so much `left` of the calls from one component to another."""
    by_key = dict(inputs.by_key)
    for link in inputs.architecture.links:
        if (link.source, link.target) == (source, target):
            key = (link_name(link), "calls")
            calls = inputs.value(key, {}) * left
            by_key[key] = Input(key, Spread(calls, calls, calls, "Circle"), is_set=True)
    return replace(inputs, by_key=by_key)


def _is_followed(inputs: Inputs, components: tuple[str, ...]) -> bool:
    """Say whether Lambda sees the whole circle, and one of its functions is to be stopped."""
    kinds = [inputs.kinds[component] for component in components]
    stops = any(getattr(kind, "allows_recursion", True) is False for kind in kinds)
    return stops and all(kind.service in _FOLLOWED for kind in kinds)


def _fed(inputs: Inputs, circle: set[str]) -> set[str]:
    """Return the components of a circle that events come to from outside of it."""
    fed = {entry.component for entry in inputs.entries}
    fed |= {link.target for link in inputs.architecture.links if link.source not in circle}
    return fed & circle


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
                    yield path[at:], gains[-1] * calls / gains[at]
                elif target.key not in done:
                    stack.append(([*path, target], [*gains, gains[-1] * calls]))


def _turned(path: list[Placed], fed: set[str]) -> list[Placed]:
    """Return the circle so turned that it begins with a component, one that is `fed` if it can."""
    begins = [k for k, item in enumerate(path) if path[k - 1].component != item.component]
    best = next((k for k in begins if path[k].component in fed), begins[0])
    return path[best:] + path[:best]
