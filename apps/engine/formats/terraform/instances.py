"""How often a resource or a module is there: count and for_each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from apps.engine.formats.cloudformation.nodes import ListNode, MapNode, Node, Scalar
from apps.engine.formats.terraform.evaluate import Evaluator
from apps.engine.formats.terraform.hcl.syntax import Block
from apps.engine.formats.terraform.values import number_of, unknown

# More instances of one resource say nothing new.
MAX_INSTANCES = 100


class Instance(NamedTuple):
    """One instance: its key, empty for the first, and what each and count are in it."""

    key: str
    names: Mapping[str, Node]


def instances(block: Block, evaluator: Evaluator, address: str) -> list[Instance]:
    """Return the instances of a block, at most `MAX_INSTANCES` of them.

    Parameters
    ----------
    block : Block
        A resource, a data source or a module.
    evaluator : Evaluator
        For its file.
    address : str
        Its address, for warnings.

    Returns
    -------
    list of Instance
        One where nothing is said of it, or where the number is known only from a plan.
    """
    count, each = (block.body.attributes.get(name) for name in ("count", "for_each"))
    if count is not None:
        return _counted(evaluator.value(count.value), evaluator, address)
    if each is not None:
        return _named(evaluator.value(each.value), evaluator, address)
    return [Instance("", {})]


def _counted(node: Node, evaluator: Evaluator, address: str) -> list[Instance]:
    number = number_of(node)
    if number is None and node.text() in ("true", "false"):
        number = float(node.text() == "true")
    if number is None:
        _warn_unknown(evaluator, address, "count", node)
        return [Instance("", {"count": _one(node, "index", Scalar(node.file, node.line, 0))})]
    found = []
    for index in range(int(max(0.0, min(number, MAX_INSTANCES)))):
        names = {"count": _one(node, "index", Scalar(node.file, node.line, index))}
        found.append(Instance(f"[{index}]" if index else "", names))
    return _told(found, number, evaluator, address, node)


def _named(node: Node, evaluator: Evaluator, address: str) -> list[Instance]:
    if isinstance(node, MapNode):
        pairs = list(node.pairs())
    elif isinstance(node, ListNode):
        pairs = [(item.text(), item) for item in node.items]
    else:
        _warn_unknown(evaluator, address, "for_each", node)
        return [Instance("", {"each": _each(node, unknown(node, "each.key"), node)})]
    found = []
    for number, (key, value) in enumerate(pairs[:MAX_INSTANCES]):
        bound = _each(node, Scalar(node.file, node.line, key), value)
        found.append(Instance(f'["{key}"]' if number else "", {"each": bound}))
    return _told(found, len(pairs), evaluator, address, node)


def _told(
    found: list[Instance], number: float, evaluator: Evaluator, address: str, node: Node
) -> list[Instance]:
    warn = evaluator.scope.library.warn
    if not found:
        warn(f"{address} is left out: there are none of it by default.", node.at)
    elif number > MAX_INSTANCES:
        warn(
            f"{address} stands for {number:,.0f} instances; {MAX_INSTANCES} of them are read.",
            node.at,
        )
    return found


def _warn_unknown(evaluator: Evaluator, address: str, name: str, node: Node) -> None:
    evaluator.scope.library.warn(
        f"The {name} of {address} is known only from a plan; it is read as one.", node.at
    )


def _one(at: Node, name: str, value: Node) -> Node:
    return MapNode(at.file, at.line, {name: value})


def _each(at: Node, key: Node, value: Node) -> Node:
    return MapNode(at.file, at.line, {"key": key, "value": value})
