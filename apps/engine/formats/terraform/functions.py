"""Functions of Terraform on values that are worked out already."""

from __future__ import annotations

import math
import posixpath
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from apps.engine.formats.cloudformation import functions as texts
from apps.engine.formats.cloudformation.definitions import tree_of_text
from apps.engine.formats.cloudformation.nodes import ListNode, MapNode, Node, Scalar, Symbol
from apps.engine.formats.terraform.hcl.expressions import expression
from apps.engine.formats.terraform.hcl.scanner import Scanner
from apps.engine.formats.terraform.hcl.templates import whole
from apps.engine.formats.terraform.values import number_of, of_references, plain_number

if TYPE_CHECKING:
    from apps.engine.formats.terraform.evaluate import Evaluator

Arguments = Sequence[Node]
_MAX_RANGE = 100


def call(evaluator: Evaluator, name: str, arguments: Arguments, at: Node) -> Node:
    """Return what a function gives.

    Parameters
    ----------
    evaluator : Evaluator
        Knows the files, and the place of the call.
    name : str
        The function.
    arguments : sequence of Node
        Its arguments, worked out.
    at : Node
        Where it is called.

    Returns
    -------
    Node
        Its value; of a function that is not worked out here, the names in its arguments.
    """
    if name in _OF_FILES and arguments:
        found = _OF_FILES[name](evaluator, arguments, at)
    else:
        reader = _FUNCTIONS.get(name)
        found = reader(at, arguments) if reader is not None and arguments else None
    return of_references(at, f"{name}()", *arguments) if found is None else found


def _file(evaluator: Evaluator, arguments: Arguments, at: Node) -> Node | None:
    return evaluator.scope.file(arguments[0].text(), at)


def _templatefile(evaluator: Evaluator, arguments: Arguments, at: Node) -> Node | None:
    text = evaluator.scope.file(arguments[0].text(), at)
    if text is None:
        return None
    template = whole(Scanner(text.file, text.text()), expression)
    names = dict(arguments[1].pairs()) if len(arguments) > 1 else {}
    inner = type(evaluator)(evaluator.scope, text.file, names)
    return inner.value(template)


def _jsondecode(evaluator: Evaluator, arguments: Arguments, at: Node) -> Node | None:
    text = arguments[0]
    if isinstance(text, Scalar | Symbol):
        return tree_of_text(text, evaluator.scope.library)
    return text


_OF_FILES: dict[str, Callable[[Evaluator, Arguments, Node], Node | None]] = {
    "file": _file,
    "jsondecode": _jsondecode,
    "templatefile": _templatefile,
    "yamldecode": _jsondecode,
}


def _same(at: Node, arguments: Arguments) -> Node | None:
    return arguments[0]


def _text(work: Callable[..., str]) -> Callable[[Node, Arguments], Node | None]:
    """Return a function on plain texts; with a text that is not known it gives nothing."""

    def apply(at: Node, arguments: Arguments) -> Node | None:
        if not all(isinstance(argument, Scalar) for argument in arguments):
            return arguments[0] if len(arguments) == 1 else None
        try:
            return Scalar(at.file, at.line, work(*(argument.text() for argument in arguments)))
        except (TypeError, ValueError):
            return None

    return apply


def _number(work: Callable[..., float]) -> Callable[[Node, Arguments], Node | None]:
    def apply(at: Node, arguments: Arguments) -> Node | None:
        given = [item for argument in arguments for item in argument.elements()]
        numbers = [number for number in map(number_of, given) if number is not None]
        if len(numbers) < len(given) or not numbers:
            return None
        return Scalar(at.file, at.line, plain_number(work(*numbers)))

    return apply


def _replaced(text: str, old: str, new: str) -> str:
    if (text.count(old) + 1) * len(new) > texts.MAX_TEXT or old.startswith("/"):
        raise ValueError  # Too long, or an expression of its own between slashes.
    return text.replace(old, new)


def _tostring(at: Node, arguments: Arguments) -> Node | None:
    node = arguments[0]
    is_plain = isinstance(node, Scalar) and node.value is not None
    return Scalar(at.file, at.line, node.text()) if is_plain else node


def _concat(at: Node, arguments: Arguments) -> Node | None:
    items = tuple(item for argument in arguments for item in argument.elements())
    return ListNode(at.file, at.line, items)


def _flatten(at: Node, arguments: Arguments) -> Node | None:
    items: list[Node] = []
    todo = [arguments[0]]
    while todo:
        node = todo.pop()
        if isinstance(node, ListNode):
            todo.extend(reversed(node.items))
        else:
            items.append(node)
    return ListNode(at.file, at.line, tuple(items))


def _compact(at: Node, arguments: Arguments) -> Node | None:
    kept = (item for item in arguments[0].elements() if not _is_empty(item))
    return ListNode(at.file, at.line, tuple(kept))


def _coalesce(at: Node, arguments: Arguments) -> Node | None:
    return next((argument for argument in arguments if not _is_empty(argument)), None)


def _is_empty(node: Node) -> bool:
    if isinstance(node, ListNode | MapNode):
        return not list(node.elements() if isinstance(node, ListNode) else node.pairs())
    return isinstance(node, Scalar) and node.value in (None, "")


def _merge(at: Node, arguments: Arguments) -> Node | None:
    entries: dict[str, Node] = {}
    for argument in arguments:
        entries |= dict(argument.pairs())
    return MapNode(at.file, at.line, entries)


def _keys(at: Node, arguments: Arguments) -> Node | None:
    if not isinstance(arguments[0], MapNode):
        return None
    keys = (Scalar(at.file, at.line, key) for key in sorted(arguments[0].entries))
    return ListNode(at.file, at.line, tuple(keys))


def _values(at: Node, arguments: Arguments) -> Node | None:
    if not isinstance(arguments[0], MapNode):
        return None
    entries = arguments[0].entries
    return ListNode(at.file, at.line, tuple(entries[key] for key in sorted(entries)))


def _lookup(at: Node, arguments: Arguments) -> Node | None:
    if len(arguments) < 2 or not isinstance(arguments[0], MapNode):
        return None
    found = arguments[0].entries.get(arguments[1].text())
    return found if found is not None else arguments[2] if len(arguments) > 2 else None


def _element(at: Node, arguments: Arguments) -> Node | None:
    items = arguments[0].elements()
    index = number_of(arguments[1]) if len(arguments) > 1 else 0.0
    return items[int(index or 0) % len(items)] if items else None


def _length(at: Node, arguments: Arguments) -> Node | None:
    node = arguments[0]
    if isinstance(node, Symbol):
        return None
    size = len(node.entries) if isinstance(node, MapNode) else len(node.elements())
    if isinstance(node, Scalar):
        size = len(node.text())
    return Scalar(at.file, at.line, size)


def _contains(at: Node, arguments: Arguments) -> Node | None:
    if len(arguments) < 2 or isinstance(arguments[1], Symbol):
        return None
    found = arguments[1].text() in [item.text() for item in arguments[0].elements()]
    return Scalar(at.file, at.line, found)


def _format(at: Node, arguments: Arguments) -> Node | None:
    given = iter(arguments[1:])
    pieces = arguments[0].text().replace("%%", "\x00").split("%")
    parts: list[texts.Part] = [pieces[0]]
    for piece in pieces[1:]:
        rest = piece.lstrip("0123456789.+-# []")
        value = next(given, None)
        parts += list(texts.parts_of(value)) if value is not None else []
        parts.append(rest[1:])
    cleaned = [part.replace("\x00", "%") if isinstance(part, str) else part for part in parts]
    return texts.joined(at, cleaned)


def _zipmap(at: Node, arguments: Arguments) -> Node | None:
    keys, values = arguments[0].elements(), arguments[1].elements() if len(arguments) > 1 else ()
    entries = {key.text(): value for key, value in zip(keys, values, strict=False)}
    return MapNode(at.file, at.line, entries)


def _range(at: Node, arguments: Arguments) -> Node | None:
    numbers = [number_of(argument) for argument in arguments]
    if None in numbers or len(numbers) > 2:
        return None
    first, last = (0.0, *numbers)[-2:]
    count = min(_MAX_RANGE, max(0, int((last or 0) - (first or 0))))
    items = (Scalar(at.file, at.line, int(first or 0) + step) for step in range(count))
    return ListNode(at.file, at.line, tuple(items))


def _join(at: Node, arguments: Arguments) -> Node | None:
    return texts.join(ListNode(at.file, at.line, tuple(arguments)))


def _split(at: Node, arguments: Arguments) -> Node | None:
    return texts.split(ListNode(at.file, at.line, tuple(arguments)))


_FUNCTIONS: dict[str, Callable[[Node, Arguments], Node | None]] = {
    **dict.fromkeys(
        ("jsonencode", "yamlencode", "toset", "tolist", "tomap", "sort", "distinct"), _same
    ),
    **dict.fromkeys(("sensitive", "nonsensitive", "one", "base64encode", "tobool"), _same),
    "abs": _number(abs),
    "abspath": _same,
    "basename": _text(posixpath.basename),
    "ceil": _number(math.ceil),
    "coalesce": _coalesce,
    "coalescelist": _coalesce,
    "compact": _compact,
    "concat": _concat,
    "contains": _contains,
    "dirname": _text(posixpath.dirname),
    "element": _element,
    "flatten": _flatten,
    "floor": _number(math.floor),
    "format": _format,
    "join": _join,
    "keys": _keys,
    "length": _length,
    "lookup": _lookup,
    "lower": _text(str.lower),
    "max": _number(lambda *numbers: max(numbers)),
    "merge": _merge,
    "min": _number(lambda *numbers: min(numbers)),
    "range": _range,
    "replace": _text(_replaced),
    "split": _split,
    "sum": _number(lambda *numbers: sum(numbers)),
    "title": _text(str.title),
    "tonumber": _same,
    "tostring": _tostring,
    "trimprefix": _text(str.removeprefix),
    "trimspace": _text(str.strip),
    "trimsuffix": _text(str.removesuffix),
    "upper": _text(str.upper),
    "values": _values,
    "zipmap": _zipmap,
}
