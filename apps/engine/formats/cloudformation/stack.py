"""One template with its parameters: its resources, and what its names stand for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property

from apps.engine.formats.cloudformation.cdk import asset_of
from apps.engine.formats.cloudformation.declared import declared, type_of
from apps.engine.formats.cloudformation.exchange import EXPORT, MAX_CHAIN, STORED, Exchange
from apps.engine.formats.cloudformation.globals import with_globals
from apps.engine.formats.cloudformation.library import Library
from apps.engine.formats.cloudformation.nodes import (
    MapNode,
    Node,
    Reference,
)
from apps.engine.formats.cloudformation.parameters import Parameters
from apps.engine.formats.cloudformation.repetitions import Repetitions
from apps.engine.formats.cloudformation.resolve import Resolver, Scope
from apps.engine.formats.cloudformation.resource import Resource as Resource
from apps.engine.formats.errors import UnreadableInput
from apps.engine.graph import Source

MAX_NESTING = 5
NESTED = {
    "AWS::CloudFormation::Stack": "TemplateURL",
    "AWS::Serverless::Application": "Location",
}
# SAM makes these when a function has API events that name no API.
STORE = "AWS::SSM::Parameter"
IMPLICIT_APIS = {
    "ServerlessRestApi": "AWS::Serverless::Api",
    "ServerlessHttpApi": "AWS::Serverless::HttpApi",
}


class Stack(Scope):
    """A template as it would be deployed. Raises UnreadableInput with file and line."""

    def __init__(
        self,
        library: Library,
        document: Node,
        *,
        prefix: str = "",
        given: Mapping[str, Node] | None = None,
        exchange: Exchange | None = None,
        inside: tuple[str, ...] = (),
    ) -> None:
        self.library, self.prefix = library, prefix
        self.exchange = Exchange() if exchange is None else exchange
        self.given = given or {}
        self._files = (*inside, document.file)
        self._open_outputs: set[str] = set()
        self._children: dict[str, Stack | None] = {}
        self._parameters = Parameters(document.get("Parameters"), self.given, self.exchange)
        self.document = document
        self._declared: dict[str, Node] = {}
        self._bodies: dict[str, Node] = {}
        self._of_sam: frozenset[str] = frozenset()
        self.resolver = Resolver(self)
        if library.has_loops(document.file):
            repetitions = Repetitions(self.resolver.resolve, library.work)
            self.document = document = repetitions.written_out(document)
            self.resolver = Resolver(self)
        self._declared = declared(document)
        self._types = {name: type_of(name, body) for name, body in self._declared.items()}
        self._bodies = {
            name: with_globals(body, document.get("Globals"))
            for name, body in self._declared.items()
            if self._is_included(name, body)
        }
        # The resources that SAM makes others of.
        self._of_sam = frozenset(
            name for name in self._bodies if self._types[name].startswith("AWS::Serverless::")
        )

    def _is_included(self, name: str, body: Node) -> bool:
        condition = body.get("Condition")
        if condition is None or self.resolver.conditions.holds(condition.text(), condition):
            return True
        self.library.warn(
            f"{self.prefix}{name} is left out: its condition {condition.text()} does not hold "
            "with the defaults of the parameters.",
            body.at,
        )
        return False

    def resources(self) -> Iterator[Resource]:
        """Yield every resource, those of nested stacks after the resource that names them.

        Yields
        ------
        Resource
            In the order of the template.
        """
        for name, resource in self._resources.items():
            yield resource
            child = self.child(name)
            if child is not None:
                yield from child.resources()

    @cached_property
    def _resources(self) -> dict[str, Resource]:
        return {name: self._resource(name, body) for name, body in self._bodies.items()}

    def _resource(self, name: str, body: Node) -> Resource:
        self.library.count_resource(body)
        properties: Node = MapNode(body.file, body.line)
        given = body.get("Properties")
        if given is not None:
            resolved = self.resolver.resolve(given)
            properties = resolved if isinstance(resolved, MapNode) else properties
        section = self.document.get("Resources")
        lines = section.key_lines if isinstance(section, MapNode) else {}
        source = Source(body.file, lines.get(name, body.line))
        return Resource(self.prefix + name, self._types[name], source, properties, body, self)

    def child(self, name: str) -> Stack | None:
        """Return the stack that a resource nests, where its template was given.

        Parameters
        ----------
        name : str
            Logical id of a resource.

        Returns
        -------
        Stack or None
            None for what nests nothing, or lies too deep.
        """
        if name not in self._children:
            self._children[name] = None  # What is met again while it opens has no outputs yet.
            self._children[name] = self._open_child(name, NESTED.get(self._types.get(name, "")))
        return self._children[name]

    def _open_child(self, name: str, path: str | None) -> Stack | None:
        body = self._bodies.get(name)
        location = body.get(f"Properties.{path}") if body is not None and path else None
        if body is None or location is None or self.prefix.count("/") >= MAX_NESTING:
            return None
        address = self.resolver.resolve(location)
        if isinstance(address, MapNode):  # An application of AWS's repository, named by ARN.
            return None
        asset = asset_of(body)  # The CDK uploads it under a hash and keeps it beside the template.
        text = asset.text() if asset is not None else address.text()
        document = self.library.include(text, location.at, f"The nested stack {name}")
        if document is None or document.get("Resources") is None:
            return None
        if document.file in self._files:
            raise UnreadableInput(
                f"{self.prefix}{name} nests {document.file}, in which it stands; break the circle.",
                location.file,
                location.line,
            )
        parameters = body.get("Properties.Parameters")
        pairs = parameters.pairs() if parameters is not None else ()
        given = {key: self.resolver.resolve(value) for key, value in pairs}
        self.library.count_stack(location)
        return Stack(
            self.library,
            document,
            prefix=f"{self.prefix}{name}/",
            given=given,
            exchange=self.exchange,
            inside=self._files,
        )

    @property
    def has_macros(self) -> bool:
        """Whether a transform other than AWS's own may add resources that are not seen here."""
        transform = self.document.get("Transform")
        names = transform.elements() if transform is not None else ()
        return any(not name.text().startswith("AWS::") for name in names)

    def section(self, name: str) -> Node | None:
        return self.document.get(name)

    def parameter(self, name: str) -> Node | None:
        """Return a parameter's value: given, its default, or a reference to its name."""
        return self._parameters.get(name)

    def reference(self, name: str, attribute: str) -> Reference:
        """Return what a name that is no parameter stands for."""
        owner = name if name in self._bodies else self._generated_by(name)
        if owner:
            body = self._bodies.get(owner)
            url = body.get("Properties.FunctionUrlConfig") if body is not None else None
            if url is not None and name == f"{owner}Url":
                owner = name  # SAM's own resource, a component beside its function.
            return Reference(name, attribute, self.prefix + owner)
        return Reference(name, attribute, is_dangling=name not in self._declared)

    def _generated_by(self, name: str) -> str:
        """Return whose resource SAM generates under a name such as `OrdersFunctionRole`."""
        for implicit in IMPLICIT_APIS:
            if name.startswith(implicit):
                return implicit
        beginnings = (name[:length] for length in range(min(len(name), 255), 0, -1))
        return next((owner for owner in beginnings if owner in self._of_sam), "")

    def names(self) -> tuple[str, ...]:
        """Return what a reference may name, for a hint.

        Returns
        -------
        tuple of str
            Logical ids, then parameters.
        """
        return (*self._declared, *self._parameters.names)

    def output(self, stack: str, name: str) -> Node | None:
        """Return an output of a nested stack, or None where it is not known."""
        key = f"{stack}.{name}"
        if key in self._open_outputs or len(self._open_outputs) > MAX_CHAIN:
            return None
        self._open_outputs.add(key)
        child = self.child(stack)
        value = child.document.get(f"Outputs.{name}.Value") if child is not None else None
        resolved = None
        if child is not None and value is not None:
            resolved = child.resolver.resolve(value)
        self._open_outputs.discard(key)
        return resolved

    def offer(self) -> None:
        """Make known to the other stacks what this one exports, and writes into parameters."""
        outputs = self.document.get("Outputs")
        for _, output in outputs.pairs() if outputs is not None else ():
            self._offer(EXPORT, output.get("Export.Name"), output.get("Value"))
        for name, body in self._bodies.items():
            if self._types[name] == STORE:
                self._offer(STORED, body.get("Properties.Name"), body.get("Properties.Value"))

    def offer_nested(self) -> None:
        """Make known what the nested stacks offer: their parameters may come from other stacks."""
        for name in self._bodies:
            child = self.child(name)
            if child is not None:
                child.offer()
                child.offer_nested()

    def _offer(self, way: str, name: Node | None, value: Node | None) -> None:
        if name is not None and value is not None:
            text = self.resolver.resolve(name).text()
            self.exchange.offer(way, text, lambda: self.resolver.resolve(value))

    def exported(self, name: str) -> Node | None:
        return self.exchange.find(EXPORT, name)

    def stored(self, name: str) -> Node | None:
        return self.exchange.find(STORED, name)
