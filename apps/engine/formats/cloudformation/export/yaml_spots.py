"""YAML text → spots, from PyYAML's events."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import yaml

from apps.engine.formats.cloudformation.export.spots import Alias, Entry, Row, Spot, Table, Word

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_BLOCK = ("|", ">")


@dataclass(slots=True)
class _Open:
    """A list or mapping whose end has not been met."""

    event: Any
    children: list[Spot] = field(default_factory=list)


def yaml_spots(text: str) -> Spot:
    """Return the spots of a YAML text that has been read before.

    Parameters
    ----------
    text : str
        One document.

    Returns
    -------
    Spot
        The root of the document.
    """
    loader = _LOADER(text)
    try:
        return _build(loader, text)
    finally:
        loader.dispose()


def _build(loader: Any, text: str) -> Spot:
    ground = _Open(None)
    stack = [ground]
    while loader.check_event():
        event = loader.get_event()
        if isinstance(event, yaml.CollectionStartEvent):
            stack.append(_Open(event))
        elif isinstance(event, yaml.CollectionEndEvent):
            done = stack.pop()
            stack[-1].children.append(_collection(done, event))
        elif isinstance(event, yaml.ScalarEvent):
            stack[-1].children.append(_word(event, text))
        elif isinstance(event, yaml.AliasEvent):
            stack[-1].children.append(_alias(event))
    return ground.children[0]


def _alias(event: Any) -> Alias:
    start, end = event.start_mark.index, event.end_mark.index
    return Alias(start=start, end=end, anchor=event.anchor)


def _word(event: Any, text: str) -> Word:
    start, end = event.start_mark.index, event.end_mark.index
    if event.style in _BLOCK:
        end = _block_end(text, start, end)
    return Word(
        start=start,
        end=end,
        tag=event.tag or "",
        anchor=event.anchor or "",
        value=event.value,
        style=event.style or "",
    )


def _block_end(text: str, start: int, end: int) -> int:
    """Return where a block scalar ends, which PyYAML says is where another line begins."""
    header = text[start:end].split("\n", 1)[0].split("#")[0]
    if "+" in header.split()[-1]:  # Empty lines at its end belong to it.
        return end - 1 - (text[end - 2 : end] == "\r\n")
    return start + len(text[start:end].rstrip())


def _collection(done: _Open, end: Any) -> Spot:
    begin = done.event
    children = tuple(done.children)
    is_flow = bool(begin.flow_style)
    last = end.end_mark.index if is_flow or not children else children[-1].end
    start, tag, anchor = begin.start_mark.index, begin.tag or "", begin.anchor or ""
    if isinstance(begin, yaml.SequenceStartEvent):
        return Row(start=start, end=last, tag=tag, anchor=anchor, items=children, is_flow=is_flow)
    pairs = zip(children[::2], children[1::2], strict=True)
    entries = tuple(Entry(_key(key), value) for key, value in pairs)
    return Table(start=start, end=last, tag=tag, anchor=anchor, entries=entries, is_flow=is_flow)


def _key(spot: Spot) -> Word:
    if isinstance(spot, Word):
        return spot
    return Word(start=spot.start, end=spot.end, value=f"*{spot.anchor}")
