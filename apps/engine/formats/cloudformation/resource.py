"""One resource of a template, or of another format in the words of a template."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from apps.engine.formats.cloudformation.nodes import Node
from apps.engine.graph import Source

if TYPE_CHECKING:
    from apps.engine.formats.cloudformation.stack import Stack


@dataclass(frozen=True, slots=True)
class Resource:
    """A resource of a template, with its properties worked out."""

    id: str
    type: str
    source: Source
    properties: Node
    body: Node
    stack: Stack
    # The same resource in the words of another format, which settings are read from first.
    original: Resource | None = None

    @property
    def written_type(self) -> str:
        """The type by the name that its author gave it."""
        return self.forms[0].type

    @property
    def forms(self) -> tuple[Resource, ...]:
        """The resource in the words of its own format, then in those of CloudFormation."""
        return (self.original, self) if self.original is not None else (self,)

    def get(self, path: str) -> Node | None:
        """Return a property; None where it is not given.

        Parameters
        ----------
        path : str
            Keys of mappings and numbers of list items, joined by dots.

        Returns
        -------
        Node or None
            The value, worked out.
        """
        return self.properties.get(path)

    def text(self, path: str) -> str:
        """Return a property as text.

        Parameters
        ----------
        path : str
            Keys of mappings and numbers of list items, joined by dots.

        Returns
        -------
        str
            Empty where it is not given, or is no text.
        """
        node = self.properties.get(path)
        return node.text() if node is not None else ""
