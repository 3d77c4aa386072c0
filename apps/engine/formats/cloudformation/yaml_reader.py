"""YAML text → nodes with positions, built from PyYAML's events within bounds."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml

from apps.engine.formats.cloudformation import intrinsics
from apps.engine.formats.cloudformation.bounds import Budget, Total
from apps.engine.formats.cloudformation.nodes import ListNode, MapNode, Node, Plain, Scalar
from apps.engine.formats.errors import UnreadableInput

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_CORE = "tag:yaml.org,2002:"
# Numbers with a leading zero are account numbers, and dates are text, as in CloudFormation.
_WHOLE = re.compile(r"[-+]?(0|[1-9][0-9]{0,17})")
_WORDS: dict[str, Plain] = {"": None, "~": None, "null": None, "Null": None, "NULL": None}
_WORDS |= {
    form: True for word in ("true", "yes", "on") for form in (word, word.title(), word.upper())
}
_WORDS |= {
    form: False for word in ("false", "no", "off") for form in (word, word.title(), word.upper())
}


@dataclass(slots=True)
class _Open:
    """A list or mapping whose end has not been read."""

    line: int
    tag: str
    anchor: str | None
    is_map: bool
    items: list[Node] = field(default_factory=list)
    size: int = 1
    height: int = 1


@dataclass(frozen=True, slots=True)
class _Anchored:
    node: Node
    size: int
    height: int


def read_yaml(
    name: str, text: str, warn: Callable[[str], None], total: Total | None = None
) -> Node:
    """Return the one document of a YAML text.

    Parameters
    ----------
    name : str
        The name of the file, for messages.
    text : str
        A text as it stands in a template.
    warn : callable
        Told each warning, a sentence with file and line.
    total : Total, optional
        Counts the values of all files that are read together.

    Returns
    -------
    Node
        The root of the document.

    Raises
    ------
    UnreadableInput
        With file and line.
    """
    loader = None
    try:
        loader = _LOADER(text)
        return _Builder(name, warn, total).build(_events(loader))
    except yaml.YAMLError as error:
        raise _not_yaml(name, text, error) from error
    finally:
        if loader is not None:
            loader.dispose()


def plain_value(text: str) -> Plain:
    """Return what an unquoted scalar means.

    Parameters
    ----------
    text : str
        A text as it stands in a template.

    Returns
    -------
    Plain
        The value as YAML 1.1 reads it, fractions and dates as text.

    Examples
    --------
    >>> [plain_value(t) for t in ("30", "16.10", "yes", "2012-10-17", "000123", "~")]
    [30, '16.10', True, '2012-10-17', '000123', None]
    """
    if text in _WORDS:
        return _WORDS[text]
    if _WHOLE.fullmatch(text):
        return int(text)
    return text


def _events(loader: Any) -> Iterator[Any]:
    while loader.check_event():
        yield loader.get_event()


class _Builder:
    def __init__(self, name: str, warn: Callable[[str], None], total: Total | None) -> None:
        self._name, self._warn = name, warn
        self._budget = Budget(name, total)
        self._stack: list[_Open] = []
        self._anchors: dict[str, _Anchored | None] = {}
        self._root: Node | None = None

    def build(self, events: Iterator[Any]) -> Node:
        for event in events:
            line = event.start_mark.line + 1
            if isinstance(event, yaml.ScalarEvent):
                self._scalar(event, line)
            elif isinstance(event, yaml.CollectionStartEvent):
                self._start(event, line)
            elif isinstance(event, yaml.CollectionEndEvent):
                self._end()
            elif isinstance(event, yaml.AliasEvent):
                self._alias(event, line)
        if self._root is None:
            raise UnreadableInput("The file holds only comments; give a template.", self._name)
        return self._root

    def _scalar(self, event: Any, line: int) -> None:
        tag = event.tag or ""
        text: str = event.value
        is_plain = event.implicit[0] and not tag
        node: Node = Scalar(self._name, line, plain_value(text) if is_plain else text)
        if tag.startswith(_CORE):
            word = tag.removeprefix(_CORE)
            known = word in ("int", "float", "bool", "null")
            node = Scalar(self._name, line, plain_value(text) if known else text)
        self._add(self._tagged(tag, node), 1, 1, event.anchor, line)

    def _start(self, event: Any, line: int) -> None:
        self._budget.check_depth(len(self._stack) + 1, line)
        is_map = isinstance(event, yaml.MappingStartEvent)
        self._stack.append(_Open(line, event.tag or "", event.anchor, is_map))
        if event.anchor:
            self._anchors[event.anchor] = None

    def _end(self) -> None:
        done = self._stack.pop()
        node: Node
        if done.is_map:
            node = self._mapping(done)
        else:
            node = ListNode(self._name, done.line, tuple(done.items))
        self._add(self._tagged(done.tag, node), done.size, done.height, done.anchor, done.line)

    def _alias(self, event: Any, line: int) -> None:
        anchored = self._anchors.get(event.anchor)
        if anchored is None:
            what = "itself" if event.anchor in self._anchors else "nothing"
            raise UnreadableInput(
                f"The alias *{event.anchor} stands for {what}; write the value out.",
                self._name,
                line,
            )
        self._budget.check_depth(len(self._stack) + anchored.height, line)
        self._budget.spend(anchored.size, line)
        self._add(anchored.node, anchored.size, anchored.height, None, line)

    def _add(self, node: Node, size: int, height: int, anchor: str | None, line: int) -> None:
        self._budget.spend(1, line)
        if anchor:
            self._anchors[anchor] = _Anchored(node, size, height)
        if not self._stack:
            if self._root is not None:
                raise UnreadableInput(
                    "The file holds a second YAML document; give one template a file.",
                    self._name,
                    line,
                )
            self._root = node
            return
        parent = self._stack[-1]
        parent.items.append(node)
        parent.size += size
        parent.height = max(parent.height, height + 1)

    def _tagged(self, tag: str, node: Node) -> Node:
        if not tag or tag == "!" or tag.startswith(_CORE):
            return node
        return intrinsics.from_tag(tag, node)

    def _mapping(self, done: _Open) -> MapNode:
        entries: dict[str, Node] = {}
        merged: dict[str, Node] = {}
        lines: dict[str, int] = {}
        for key, value in zip(done.items[::2], done.items[1::2], strict=True):
            if not isinstance(key, Scalar):
                raise UnreadableInput("A key must be a text.", self._name, key.line)
            name = key.text()
            if name == "<<":
                for part in value.elements():
                    merged = dict(part.pairs()) | merged
                continue
            if name in entries:
                self._warn(
                    f"{self._name}:{key.line}: '{name}' is there twice; the last one counts."
                )
            entries[name] = value
            lines[name] = key.line
        node = MapNode(self._name, done.line, merged | entries, lines)
        intrinsics.check(node)
        return node


def _not_yaml(name: str, text: str, error: yaml.YAMLError) -> UnreadableInput:
    mark = getattr(error, "problem_mark", None)
    problem = str(getattr(error, "problem", None) or "it cannot be parsed")
    if mark is None:  # A character that YAML forbids: the reader tells its position only.
        position = getattr(error, "position", 0) or 0
        line = text.encode().count(b"\n", 0, position) + 1
        problem = "a control character stands here"
    else:
        line = mark.line + 1
    return UnreadableInput(
        f"This is not YAML: {problem}; correct the line, or check it with `cfn-lint`.", name, line
    )
