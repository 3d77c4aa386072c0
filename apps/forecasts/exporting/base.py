"""What every format is given, and what it gives back."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from apps.engine.forecast import Forecast
from apps.engine.formats.cloudformation.export import Export
from apps.engine.formats.cloudformation.write.decisions import Decision
from apps.engine.graph import Architecture

_UNSAFE = re.compile(r"[^\w.-]+")
# By component id, by name of the setting; None for what AWS takes where the template is silent.
Changes = Mapping[str, Mapping[str, Any]]


class CannotExport(Exception):
    """A design cannot be given back like this; the message says why, and what would work."""


@dataclass(frozen=True, slots=True)
class ExportRequest:
    """A design that is to be given back."""

    name: str
    # As it is now, the changes made.
    architecture: Architecture
    # What it was read from; empty where it was drawn by hand.
    files: Mapping[str, bytes] = field(default_factory=dict)
    # How the architecture differs from what the files say.
    changes: Changes = field(default_factory=dict)
    # Those of the files that the person named; others came along.
    given: Sequence[str] = ()
    # The forecast of it, and its JSON, made when first asked for; without users there is none.
    answer: Callable[[], Forecast] | None = None
    summary: Callable[[], Mapping[str, Any]] | None = None
    # How its components are to scale, beside what their settings say.
    scaling: Sequence[Decision] = ()

    @property
    def stem(self) -> str:
        """What its files are called, whatever its name holds."""
        return _UNSAFE.sub("-", self.name).strip("-.") or "design"


@dataclass(frozen=True, slots=True)
class Exported:
    """Files by name. `main` is the one to print where one is enough to print."""

    files: Mapping[str, bytes]
    main: str = ""
    # What was done otherwise than the reader may expect, a sentence each.
    notes: tuple[str, ...] = ()
    # Changes that have no place in the format, a sentence each.
    refused: tuple[str, ...] = ()


def given_back(request: ExportRequest, export: Export) -> Exported:
    """Return the files of a design, what was asked for and changed to be printed if it is one."""
    changed = [name for name, data in export.files.items() if data != request.files[name]]
    asked = list(dict.fromkeys([*(request.given or request.files), *changed]))
    main = asked[0] if len(asked) == 1 else ""
    return Exported(export.files, main, export.notes, export.refused)


def _nothing(request: ExportRequest) -> str:
    return ""


@dataclass(frozen=True, slots=True)
class Exporter:
    """A format. `write` may raise CannotExport; `why_not` says beforehand why it would."""

    name: str
    label: str
    about: str
    write: Callable[[ExportRequest], Exported]
    why_not: Callable[[ExportRequest], str] = _nothing
