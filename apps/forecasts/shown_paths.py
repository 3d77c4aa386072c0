"""File names as others may see them: below the folder where one stands, never from the root."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from apps.engine.graph import Architecture, Component, Source, Supporting

Part = TypeVar("Part", Component, Supporting)


def shown_path(path: str) -> str:
    """Return a path below the current folder; the name alone where it lies elsewhere."""
    inside = os.path.relpath(path)
    is_outside = inside == os.pardir or inside.startswith(os.pardir + os.sep)
    return Path(path).name if is_outside else Path(inside).as_posix()


def with_shown_paths(architecture: Architecture, paths: Sequence[Path]) -> Architecture:
    """Return a design whose places name no folder of this machine."""
    prefixes = sorted({_folder(path) for path in paths} - {""}, key=len, reverse=True)
    if not prefixes:
        return architecture
    return replace(
        architecture,
        components=tuple(_placed(part) for part in architecture.components),
        links=tuple(
            replace(link, origin=without(link.origin, prefixes)) for link in architecture.links
        ),
        supporting=tuple(_placed(part) for part in architecture.supporting),
        warnings=tuple(without(text, prefixes) for text in architecture.warnings),
    )


def without(text: str, prefixes: Iterable[str]) -> str:
    """Return a sentence in which files stand as they are shown."""
    for prefix in prefixes:
        inside = shown_path(prefix)
        is_below = prefix != inside and not Path(os.path.relpath(prefix)).is_relative_to("..")
        kept = "" if inside == "." or not is_below else f"{inside}/"
        text = text.replace(f"{prefix}/", kept)
    return text


def _folder(path: Path) -> str:
    """Return the folder of a file as its places name it; nothing where that may be shown."""
    name = path.as_posix()
    return "" if shown_path(name) == name else path.parent.as_posix()


def _placed(part: Part) -> Part:
    if part.source is None:
        return part
    return replace(part, source=Source(shown_path(part.source.file), part.source.line))
