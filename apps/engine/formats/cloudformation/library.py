"""The files given together: templates, and what they include by name."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping

from apps.engine.formats.cloudformation.documents import read_document
from apps.engine.formats.cloudformation.nodes import Node
from apps.engine.formats.errors import UnreadableInput
from apps.engine.graph import Source

DEFAULT_REGION = "us-east-1"
MAX_RESOURCES = 2_000
MAX_WARNINGS = 200
MAX_STEPS = 1_000_000


class Library:
    """Reads each file once, and keeps what must be told about all of them."""

    def __init__(self, files: Mapping[str, bytes], region: str = DEFAULT_REGION) -> None:
        self.region = region
        self._files = files
        self._documents: dict[str, Node] = {}
        self._warnings: dict[str, None] = {}
        self._steps = self._resources = 0

    @property
    def warnings(self) -> tuple[str, ...]:
        return tuple(self._warnings)

    @property
    def has_room(self) -> bool:
        """Whether another warning would be kept, and is worth its effort."""
        return len(self._warnings) < MAX_WARNINGS

    def warn(self, message: str, at: Source | None = None) -> None:
        if len(self._warnings) < MAX_WARNINGS:
            self._warnings[f"{at}: {message}" if at else message] = None

    def document(self, name: str) -> Node:
        """Return a file's nodes. Raises UnreadableInput."""
        if name not in self._documents:
            self._documents[name] = read_document(name, self._files[name], self.warn)
        return self._documents[name]

    def find(self, location: str, base: str) -> str | None:
        """Return the name of the file that a template at `base` calls `location`, or None."""
        folder = posixpath.dirname(base)
        # What is deployed from an address may lie beside the template before that.
        beside = (posixpath.basename(location),) if "://" in location else ()
        for path in (location, *beside):
            name = posixpath.normpath(posixpath.join(folder, path))
            if name in self._files and name != base:
                return name
        return None

    def work(self, steps: int, at: Node) -> None:
        """Count what is worked out. Raises UnreadableInput when a template unfolds without end."""
        self._steps += steps
        if self._steps > MAX_STEPS:
            raise UnreadableInput(
                f"The template unfolds to more than {MAX_STEPS:,} values; write fewer repetitions.",
                at.file,
                at.line,
            )

    def count_resource(self, at: Node) -> None:
        """Count a resource, nested ones too. Raises UnreadableInput for too many."""
        self._resources += 1
        if self._resources > MAX_RESOURCES:
            raise UnreadableInput(
                f"The template has more than {MAX_RESOURCES:,} resources; give its parts apart.",
                at.file,
                at.line,
            )

    def include(self, location: str, base: Source, why: str) -> Node | None:
        """Return the nodes of a file that a template names, or None with a warning."""
        name = self.find(location, base.file)
        if name is not None:
            return self.document(name)
        self.warn(f"{why} stands in '{location}', which is not given; its calls are unknown.", base)
        return None
