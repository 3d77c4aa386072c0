"""The files of an export as they are, and what is to be written into them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from apps.engine.formats.cloudformation.bounds import decode
from apps.engine.formats.cloudformation.export.sheet import Sheet
from apps.engine.formats.cloudformation.export.trail import Trail, follow
from apps.engine.formats.cloudformation.export.wishes import Wish
from apps.engine.formats.cloudformation.export.words import Value
from apps.engine.formats.cloudformation.stack import Stack
from apps.engine.formats.errors import CannotWrite


class Task(NamedTuple):
    """A word to write into a file; None takes out what stands there."""

    file: str
    path: tuple[str, ...]
    value: Value | None


@dataclass
class Plan:
    """What will be written, and what a person should know of it; each once, in order."""

    tasks: dict[Task, None] = field(default_factory=dict)
    notes: dict[str, None] = field(default_factory=dict)

    def note(self, sentence: str) -> None:
        """Keep a sentence for the person.

        Parameters
        ----------
        sentence : str
            What was done otherwise than by changing one word; empty for nothing.
        """
        if sentence:
            self.notes[sentence] = None


class Ground:
    """Files and the stacks that they are deployed as."""

    def __init__(self, files: Mapping[str, bytes], stacks: Iterable[Stack]) -> None:
        self._files = files
        self._sheets: dict[str, Sheet] = {}
        self.stacks = {stack.prefix: stack for stack in stacks}

    def sheet(self, name: str) -> Sheet:
        """Return the text of a file with its spots.

        Parameters
        ----------
        name : str
            Name of a given file.

        Returns
        -------
        Sheet
            Read once.
        """
        if name not in self._sheets:
            self._sheets[name] = Sheet(decode(name, self._files[name]))
        return self._sheets[name]

    def trail(self, wish: Wish) -> Trail:
        """Return how far the path of a property leads in its template.

        Parameters
        ----------
        wish : Wish
            A property and its new value.

        Returns
        -------
        Trail
            It ends at the value, at what is not there, or at a function.

        Raises
        ------
        CannotWrite
            If the resource is not written down, or stands in a part that others share.
        """
        file = wish.resource.stack.document.file
        trail = follow(self.sheet(file), wish.place)
        if trail.shared:
            raise CannotWrite(
                f"{wish.words} stands in the part '{trail.shared}' of {file}, which other places "
                "share; change it by hand."
            )
        if len(trail.rest) > len(wish.place) - 2:
            raise CannotWrite(
                f"{wish.resource.id} is not written in {file}, AWS makes it; declare it to set it."
            )
        return trail

    def add(self, plan: Plan, wish: Wish, stack: Stack, path: tuple[str, ...]) -> None:
        """Plan to write the value of a wish.

        Parameters
        ----------
        plan : Plan
            It gets one more task.
        wish : Wish
            A property and its new value.
        stack : Stack
            Whose template is to be changed.
        path : tuple of str
            Where in the template.

        Raises
        ------
        CannotWrite
            If several stacks are made of that template.
        """
        file = stack.document.file
        if sum(each.document.file == file for each in self.stacks.values()) > 1:
            raise CannotWrite(
                f"{wish.words} stands in {file}, which several stacks are made of; "
                "change it by hand."
            )
        plan.tasks[Task(file, path, wish.value)] = None
