"""The files given together: templates, and what they include by name."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping

from apps.engine.formats.cloudformation.bounds import Total
from apps.engine.formats.cloudformation.documents import read_document
from apps.engine.formats.cloudformation.nodes import Node
from apps.engine.formats.cloudformation.repetitions import has_loops
from apps.engine.formats.errors import UnreadableInput
from apps.engine.graph import Source

DEFAULT_REGION = "us-east-1"
MAX_RESOURCES = 2_000
MAX_WARNINGS = 200
MAX_STEPS = 300_000
# AWS takes 2,500 resources in all nested stacks of one.
MAX_STACKS = 200


class Library:
    """Reads each file once, and keeps what must be told about all of them."""

    def __init__(self, files: Mapping[str, bytes], region: str = DEFAULT_REGION) -> None:
        self.region = region
        self._files = files
        self._documents: dict[str, Node] = {}
        self._warnings: dict[str, None] = {}
        self._steps = self._resources = self._stacks = 0
        self._total = Total()

    @property
    def warnings(self) -> tuple[str, ...]:
        """What must be told about the files, each once, in the order in which it was found."""
        return tuple(self._warnings)

    @property
    def has_room(self) -> bool:
        """Whether another warning would be kept, and is worth its effort."""
        return len(self._warnings) < MAX_WARNINGS

    @property
    def spent(self) -> int:
        """How many values were worked out so far. [count]"""
        return self._steps

    def warn(self, message: str, at: Source | None = None) -> None:
        """Keep a warning, up to `MAX_WARNINGS` of them.

        Parameters
        ----------
        message : str
            A sentence for the reader.
        at : Source, optional
            File and line that it is about.
        """
        if len(self._warnings) < MAX_WARNINGS:
            self._warnings[f"{at}: {message}" if at else message] = None

    def document(self, name: str) -> Node:
        """Return the nodes of a file, which is read once.

        Parameters
        ----------
        name : str
            Name of a given file.

        Returns
        -------
        Node
            The root of the document.

        Raises
        ------
        UnreadableInput
            If it is neither YAML nor JSON that can be read.
        """
        if name not in self._documents:
            self._documents[name] = read_document(name, self._files[name], self.warn, self._total)
        return self._documents[name]

    def data(self, name: str) -> bytes:
        """Return the bytes of a file.

        Parameters
        ----------
        name : str
            Name of a given file.

        Returns
        -------
        bytes
            As it was given.
        """
        return self._files[name]

    def has_loops(self, name: str) -> bool:
        """Return whether a given file may hold loops.

        Parameters
        ----------
        name : str
            Name of a given file.

        Returns
        -------
        bool
            False where none can be in it.
        """
        return has_loops(self._files.get(name, b""))

    def find(self, location: str, base: str) -> str | None:
        """Return the name of the file that a template at `base` calls `location`, or None.

        Parameters
        ----------
        location : str
            Path or address as the template has it.
        base : str
            Name of the file in which it stands.

        Returns
        -------
        str or None
            Name of another given file.
        """
        folder = posixpath.dirname(base)
        # What is deployed from an address may lie beside the template before that.
        key = location.partition("://")[2].partition("/")[2]
        beside = (key, posixpath.basename(location)) if key else ()
        for path in (location, *beside):
            name = posixpath.normpath(posixpath.join(folder, path))
            if name in self._files and name != base:
                return name
        return None

    def work(self, steps: int, at: Node) -> None:
        """Count what is worked out, so that no template unfolds without end.

        Parameters
        ----------
        steps : int
            Values worked out. [count]
        at : Node
            Where they stand, for the refusal.

        Raises
        ------
        UnreadableInput
            If there are more than `MAX_STEPS` in all.
        """
        self._steps += steps
        if self._steps > MAX_STEPS:
            raise UnreadableInput(
                f"The template unfolds to more than {MAX_STEPS:,} values; write fewer repetitions.",
                at.file,
                at.line,
            )

    def count_resource(self, at: Node) -> None:
        """Count a resource, nested ones too.

        Parameters
        ----------
        at : Node
            Where it stands, for the refusal.

        Raises
        ------
        UnreadableInput
            If there are more than `MAX_RESOURCES` in all.
        """
        self._resources += 1
        if self._resources > MAX_RESOURCES:
            raise UnreadableInput(
                f"The template has more than {MAX_RESOURCES:,} resources; give its parts apart.",
                at.file,
                at.line,
            )

    def count_stack(self, at: Node) -> None:
        """Count a nested stack.

        Parameters
        ----------
        at : Node
            Where it is nested, for the refusal.

        Raises
        ------
        UnreadableInput
            If there are more than `MAX_STACKS` in all.
        """
        self._stacks += 1
        if self._stacks > MAX_STACKS:
            raise UnreadableInput(
                f"The template nests more than {MAX_STACKS} stacks; give its parts apart.",
                at.file,
                at.line,
            )

    def include(self, location: str, base: Source, why: str) -> Node | None:
        """Return the nodes of a file that a template names, or None with a warning.

        Parameters
        ----------
        location : str
            Path or address as the template has it.
        base : Source
            File and line in which it stands.
        why : str
            What stands in the file, which the warning begins with.

        Returns
        -------
        Node or None
            The root of the file.
        """
        name = self.find(location, base.file)
        if name is not None:
            return self.document(name)
        self.warn(f"{why} stands in '{location}', which is not given; its calls are unknown.", base)
        return None
