"""One service of the Serverless Framework while it becomes a template."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from apps.engine.formats.cloudformation.building import Written, get_att, text_of, written
from apps.engine.formats.cloudformation.globals import merge
from apps.engine.formats.cloudformation.library import DEFAULT_REGION, Library
from apps.engine.formats.cloudformation.nodes import MapNode, Node
from apps.engine.formats.errors import UnreadableInput
from apps.engine.formats.serverless import names
from apps.engine.formats.serverless.sources import DEFAULT_STAGE
from apps.engine.formats.serverless.variables import Variables


@dataclass(slots=True)
class Function:
    """A function of a service; `events` are those of SAM that start it."""

    key: str
    id: str
    body: Node
    line: int
    # Where it stands in its file, where that is the service's own.
    path: tuple[str, ...] = ()
    events: dict[str, Node] = field(default_factory=dict)

    def get(self, path: str) -> Node | None:
        """Return what the function says itself.

        Parameters
        ----------
        path : str
            Keys joined by dots.

        Returns
        -------
        Node or None
            None where it says nothing.
        """
        return self.body.get(path)


class Service:
    """The sections of a service, and the resources that they come to."""

    def __init__(self, library: Library, document: Node) -> None:
        self.library, self.document = library, document
        self.variables = Variables(library, document)
        self.resources: dict[str, Node] = {}
        self.lines: dict[str, int] = {}
        self.provider = self.variables.at("provider") or MapNode(document.file, document.line)
        self._check_provider()
        self.name = text_of(self.variables.at("service.name") or self.variables.at("service"))
        self.stage = text_of(self.provider.get("stage")) or DEFAULT_STAGE
        self.region = text_of(self.provider.get("region")) or DEFAULT_REGION
        self.functions = {found.key: found for found in self._functions()}

    def _check_provider(self) -> None:
        name = text_of(self.provider.get("name")) or text_of(self.provider)
        if name not in ("", "aws"):
            raise UnreadableInput(
                f"The provider of this service is '{name[:40]}'; only services on aws are read.",
                self.provider.file,
                self.provider.line,
            )

    def _functions(self) -> Iterator[Function]:
        for key, body, line in self.entries(self.variables.at("functions")):
            yield Function(key, names.function_id(key), body, line, ("functions", key))

    @staticmethod
    def entries(section: Node | None) -> Iterator[tuple[str, Node, int]]:
        """Yield key, value and line of a section that is a mapping, or a list of such.

        Parameters
        ----------
        section : Node or None
            Functions, resources or outputs.

        Yields
        ------
        (str, Node, int)
            In the order of the file.
        """
        for part in section.elements() if section is not None else ():
            lines = part.key_lines if isinstance(part, MapNode) else {}
            for key, value in part.pairs():
                # What a variable reads from another file stands there.
                is_here = value.file == part.file
                yield key, value, lines.get(key, value.line) if is_here else value.line

    def default(self, function: Function, key: str, under: str = "") -> Node | None:
        """Return a value of a function, else that of the provider.

        Parameters
        ----------
        function : Function
            The function.
        key : str
            The same key on both.
        under : str, optional
            Where it stands below the provider, where that is elsewhere.

        Returns
        -------
        Node or None
            None where neither says it.
        """
        return function.get(key) or self.provider.get(under or key)

    def add(self, id_: str, body: Written, at: Node, line: int = 0) -> None:
        """Add a resource; what is known of it already stays, apart from its type.

        Parameters
        ----------
        id_ : str
            Its logical id.
        body : Node or mapping
            Type and Properties.
        at : Node
            What it is read from.
        line : int, optional
            Its line, where that is not the one of `at`.
        """
        node = written(at, body)
        known = self.resources.get(id_)
        if isinstance(known, MapNode):
            own = {key: value for key, value in known.entries.items() if key != "Type"}
            node = merge(node, MapNode(known.file, known.line, own))
        self.resources[id_] = node
        self.lines.setdefault(id_, line or at.line)

    def function_named(self, node: Node | None) -> Written:
        """Return what names a function: a key of this service becomes its address.

        Parameters
        ----------
        node : Node or None
            A key, an address, or a reference.

        Returns
        -------
        Written
            None for none.
        """
        found = self.functions.get(text_of(node))
        return get_att(found.id) if found is not None else node

    def by_name(self, type_: str, key: str, name: str) -> str:
        """Return the logical id of the resource that has a name, empty for none.

        Parameters
        ----------
        type_ : str
            Type of the resource.
        key : str
            The property that holds its name.
        name : str
            The name.

        Returns
        -------
        str
            Its logical id.
        """
        for id_, body in self.resources.items():
            found = text_of(body.get("Type")) == type_
            if found and text_of(body.get(f"Properties.{key}")) == name:
                return id_
        return ""

    def _typed(self) -> Iterator[tuple[str, Node]]:
        """Yield the resources that say what they are.

        The others stand in files that are not given, or add to what a plugin makes.
        """
        for id_, body in self.resources.items():
            if text_of(body.get("Type")):
                yield id_, body
            else:
                self.library.warn(f"What {id_} is stands elsewhere; it is left out.", body.at)

    def template(self, sections: Mapping[str, Node]) -> Node:
        """Return the service as one template of CloudFormation and SAM.

        Parameters
        ----------
        sections : mapping of str to Node
            Further sections, such as Outputs.

        Returns
        -------
        Node
            Its positions are those of the files of the service.
        """
        at = self.document
        unknown: dict[str, Node] = {
            name: written(place, {"Type": "String"})
            for name, place in self.variables.unknown.items()
        }
        parameters = sections.get("Parameters") or MapNode(at.file, at.line)
        parameters = merge(MapNode(at.file, at.line, unknown), parameters)
        resources = MapNode(at.file, at.line, dict(self._typed()), self.lines)
        # The framework and its plugins add resources that are not written down.
        transform = written(at, ["AWS::Serverless-2016-10-31", "Serverless::Framework"])
        entries = {**sections, "Transform": transform, "Resources": resources}
        return MapNode(at.file, at.line, {**entries, "Parameters": parameters})
