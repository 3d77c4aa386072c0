"""One module with its variables: its resources, and what its names stand for."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from apps.engine.formats.cloudformation.nodes import Node
from apps.engine.formats.errors import UnreadableInput
from apps.engine.formats.terraform.bodies import attributes_of
from apps.engine.formats.terraform.evaluate import Evaluator
from apps.engine.formats.terraform.hcl.syntax import Expr
from apps.engine.formats.terraform.names import MODULE, Names
from apps.engine.formats.terraform.upload import Directory, Placed, Upload, is_local, source_of
from apps.engine.formats.terraform.written import Written
from apps.engine.graph import Source

MAX_NESTING = 8
# Looking a module up is worth more than one value.
_MODULE_STEPS = 50


class Module(Names):
    """A module as it would be applied. Raises UnreadableInput with file and line."""

    def __init__(
        self,
        upload: Upload,
        directory: Directory,
        *,
        prefix: str = "",
        given: Callable[[str], Node | None] = lambda name: None,
        inside: tuple[str, ...] = (),
    ) -> None:
        super().__init__(upload, directory, prefix, given)
        self._inside = (*inside, directory.path)
        self._children: dict[str, Module | None] = {}
        # Who takes it in, and where.
        self._call: tuple[Module, Placed] | None = None

    def resources(self) -> Iterator[Written]:
        """Yield every resource, and those of the modules that it takes in.

        Yields
        ------
        Written
            Each instance of a resource.
        """
        for labels, placed in self.directory.of("resource").items():
            if len(labels) == 2:
                yield from self._resource(labels, placed)
        for (name, *_), placed in self.directory.of(MODULE).items():
            child = self.child(name)
            if child is not None:
                yield from child.resources()
            elif not self._is_off(name, placed):
                yield self._foreign(name, placed)

    def _resource(self, labels: tuple[str, ...], placed: Placed) -> Iterator[Written]:
        address = self.prefix + ".".join(labels)
        source = Source(placed.file, placed.block.line)
        for instance in self.instances(("resource", *labels), placed):
            evaluator = Evaluator(self, placed.file, instance.names)
            attributes = attributes_of(placed.block.body, evaluator, placed.block.line)
            yield Written(address, labels[0], attributes, source, instance.key)

    def _foreign(self, name: str, placed: Placed) -> Written:
        """Return a module whose files are not given."""
        source = source_of(placed.block)[:80]
        reason = f"The module comes from '{source}', which is not given; give a plan."
        evaluator = Evaluator(self, placed.file, self.instances((MODULE, name), placed)[0].names)
        attributes = attributes_of(placed.block.body, evaluator, placed.block.line)
        at = Source(placed.file, placed.block.line)
        return Written(f"{self.prefix}module.{name}", MODULE, attributes, at, reason=reason)

    def _is_off(self, name: str, placed: Placed) -> bool:
        return not self.instances((MODULE, name), placed)

    def child(self, name: str) -> Module | None:
        """Return the module that is taken in under a name, where its files are given.

        Parameters
        ----------
        name : str
            Label of the module block.

        Returns
        -------
        Module or None
            None for what is not given, or left out.
        """
        if name not in self._children:
            self._children[name] = None
            placed = self.directory.of(MODULE).get((name,))
            self._children[name] = self._open_child(name, placed) if placed else None
        return self._children[name]

    def _open_child(self, name: str, placed: Placed) -> Module | None:
        block, address = placed.block, f"{self.prefix}module.{name}"
        self.library.work(_MODULE_STEPS, Node(placed.file, block.line))
        source = source_of(block)
        path = self.upload.path_of(self.directory, source)
        if path in self._inside and is_local(source):
            raise UnreadableInput(
                f"{address} takes in '{source}', in which it stands; break the circle.",
                placed.file,
                block.line,
            )
        directory = self.upload.directories.get(path) if is_local(source) else None
        found = self.instances((MODULE, name), placed)
        if directory is None or not found or len(self._inside) > MAX_NESTING:
            return None
        if len(found) > 1:
            at = Source(placed.file, block.line)
            self.library.warn(f"{address} is there {len(found)} times, which is read as one.", at)
        evaluator = Evaluator(self, placed.file, found[0].names)

        def given(variable: str) -> Node | None:
            attribute = block.body.attributes.get(variable)
            return evaluator.value(attribute.value) if attribute is not None else None

        child = Module(
            self.upload, directory, prefix=f"{address}.", given=given, inside=self._inside
        )
        child._call = (self, placed)
        return child

    def placed(self) -> Iterator[tuple[str, Placed]]:
        """Yield the block of every resource by its address, those of modules below too.

        Yields
        ------
        (str, Placed)
            Address without keys, and where it stands.
        """
        for labels, placed in self.directory.of("resource").items():
            yield self.prefix + ".".join(labels), placed
        for name, *_ in self.directory.of(MODULE):
            child = self.child(name)
            if child is not None:
                yield from child.placed()

    def owner(self, address: str) -> Module:
        """Return the module that a resource stands in.

        Parameters
        ----------
        address : str
            Address of the resource.

        Returns
        -------
        Module
            This one, or one below.
        """
        for name, *_ in self.directory.of(MODULE):
            child = self.child(name)
            if child is not None and address.startswith(child.prefix):
                return child.owner(address)
        return self

    def handed(self, variable: str) -> tuple[Module, str, Expr] | None:
        """Return what the caller hands to a variable of this module.

        Parameters
        ----------
        variable : str
            Its name.

        Returns
        -------
        tuple of Module, str and Expr, or None
            The caller, its file, and the expression there; None where nothing is handed.
        """
        if self._call is None:
            return None
        caller, placed = self._call
        attribute = placed.block.body.attributes.get(variable)
        return (caller, placed.file, attribute.value) if attribute is not None else None
