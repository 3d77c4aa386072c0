"""The frame of a page: where one is, and the row of tabs."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Crumb:
    """A step of the way to this page; `note` stands beside it in grey, such as a version."""

    label: str
    href: str = ""
    note: str = ""


@dataclass(frozen=True)
class Tab:
    label: str
    href: str
    current: bool = False
    count: int | None = None
    count_label: str = ""
