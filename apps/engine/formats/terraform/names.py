"""What the names of a module stand for: variables, locals, outputs, resources."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from apps.engine.formats.cloudformation.library import Library
from apps.engine.formats.cloudformation.nodes import Node, Reference, Scalar, Symbol
from apps.engine.formats.errors import UnreadableInput
from apps.engine.formats.terraform.bodies import attributes_of
from apps.engine.formats.terraform.data import of_data
from apps.engine.formats.terraform.evaluate import Evaluator, Step
from apps.engine.formats.terraform.instances import Instance, instances
from apps.engine.formats.terraform.upload import Directory, Placed, Upload
from apps.engine.formats.terraform.values import is_handed_on, is_identity, unknown

MODULE = "module"


class Names:
    """The names of one module. Raises UnreadableInput with file and line."""

    def __init__(
        self,
        upload: Upload,
        directory: Directory,
        prefix: str,
        given: Callable[[str], Node | None],
    ) -> None:
        self.upload, self.directory, self.prefix = upload, directory, prefix
        self.library: Library = upload.library
        self._given = given
        self._kept: dict[tuple[str, ...], tuple[Node, int]] = {}
        self._open: set[tuple[str, ...]] = set()
        self._instances: dict[tuple[str, ...], list[Instance]] = {}

    def child(self, name: str) -> Names | None:
        """Return the module that is taken in under a name, where its files are given.

        Parameters
        ----------
        name : str
            Label of the module block.

        Returns
        -------
        Names or None
            None for what is not given, or left out.

        Raises
        ------
        NotImplementedError
            Unless a module says it.
        """
        raise NotImplementedError(name)

    def instances(self, key: tuple[str, ...], placed: Placed) -> list[Instance]:
        """Return how often something is there, by its count or for_each.

        Parameters
        ----------
        key : tuple of str
            resource or module, and its labels.
        placed : Placed
            Its block.

        Returns
        -------
        list of Instance
            Empty for what is left out.
        """
        if key not in self._instances:
            evaluator = Evaluator(self, placed.file)
            address = self.prefix + ".".join(key[1:] if key[0] == "resource" else key)
            self._instances[key] = instances(placed.block, evaluator, address)
        return self._instances[key]

    def named(self, name: str, steps: Sequence[Step], at: Node) -> tuple[Node, int]:
        """Return what a name stands for, and how many of the steps after it that took.

        Parameters
        ----------
        name : str
            Such as var, local, module, data, or a resource type.
        steps : sequence of Step
            What stands behind it.
        at : Node
            Where it stands.

        Returns
        -------
        node : Node
            The value.
        taken : int
            Steps that are dealt with. [count]
        """
        first = steps[0] if steps and isinstance(steps[0], str) else ""
        match name:
            case "var":
                return self._once(("var", first), at, lambda: self._variable(first, at)), 1
            case "local":
                return self._once(("local", first), at, lambda: self._local(first, at)), 1
            case "path":
                return Scalar(at.file, at.line, self.directory.path or "."), 1
            case "terraform":
                return Scalar(at.file, at.line, "default"), 1
            case "module":
                return self._output(first, steps, at)
            case "data":
                return of_data(self, steps, at)
            case "each" | "count" | "self":
                return unknown(at, f"{name}.{first}"), 1
        return self._reference(name, steps, at) if first else (unknown(at, name), 0)

    def file(self, path: str, at: Node) -> Node | None:
        """Return the text of a file of the upload, None with a warning where it is not there.

        Parameters
        ----------
        path : str
            As the expression names it.
        at : Node
            Where it stands.

        Returns
        -------
        Node or None
            A scalar.
        """
        return self.upload.file(path, self.directory.path, at)

    def _once(self, key: tuple[str, ...], at: Node, work: Callable[[], Node]) -> Node:
        """Work a value out once, and count it as often as it is used."""
        if key in self._kept:
            node, weight = self._kept[key]
            self.library.work(weight, at)
            return node
        if key in self._open:
            raise UnreadableInput(
                f"{'.'.join(key)[:80]} depends on itself; break the circle.", at.file, at.line
            )
        self._open.add(key)
        before = self.library.spent
        node = work()
        self._open.discard(key)
        self._kept[key] = node, self.library.spent - before
        return node

    def _variable(self, name: str, at: Node) -> Node:
        placed = self.directory.of("variable").get((name,))
        found = self._given(name)
        if found is not None:
            return found
        if name in self.directory.values and not self.prefix:
            file, attribute = self.directory.values[name]
            return Evaluator(self, file).value(attribute.value)
        default = placed.block.body.attributes.get("default") if placed else None
        if placed is None or default is None:
            return Symbol(at.file, at.line, (Reference(f"var.{name}", is_dangling=placed is None),))
        return Evaluator(self, placed.file).value(default.value)

    def _local(self, name: str, at: Node) -> Node:
        if name not in self.directory.locals:
            return Symbol(at.file, at.line, (Reference(f"local.{name}", is_dangling=True),))
        file, attribute = self.directory.locals[name]
        return Evaluator(self, file).value(attribute.value)

    def _output(self, name: str, steps: Sequence[Step], at: Node) -> tuple[Node, int]:
        names = [step for step in steps if isinstance(step, str)]
        output = names[1] if len(names) > 1 else ""
        taken = steps.index(output) + 1 if output else len(steps)
        child = self.child(name)
        placed = child.directory.of("output").get((output,)) if child is not None else None
        if child is None or placed is None:
            address = f"{self.prefix}module.{name}"
            is_there = child is None and (name,) in self.directory.of(MODULE)
            target = address if is_there else ""
            is_dangling = not is_there and bool(output)
            found = Reference(target or f"module.{name}", output, target, is_dangling)
            return Symbol(at.file, at.line, (found,)), taken
        value = placed.block.body.attributes.get("value")
        if value is None:
            return unknown(at, f"module.{name}.{output}"), taken
        inner, file = child, placed.file
        key = ("output", name, output)
        return self._once(key, at, lambda: Evaluator(inner, file).value(value.value)), taken

    def _reference(self, type_: str, steps: Sequence[Step], at: Node) -> tuple[Node, int]:
        name = str(steps[0])
        placed = self.directory.of("resource").get((type_, name))
        rest = [step for step in steps[1:] if isinstance(step, str)]
        attribute = ".".join(rest[:1])
        if placed is not None and attribute:
            known = self._known((type_, name), placed, attribute, at)
            if known is not None:
                return known, list(steps).index(attribute, 1) + 1
        address = f"{self.prefix}{type_}.{name}"
        target = address if placed is not None else ""
        shown = address if placed is not None else f"{type_}.{name}"
        found = Reference(shown, "", target, is_dangling=placed is None)
        return Symbol(at.file, at.line, (found,)), 1

    def _known(
        self, labels: tuple[str, str], placed: Placed, attribute: str, at: Node
    ) -> Node | None:
        """Return what an attribute of a resource holds: a plain value, or what it hands on."""
        given = placed.block.body.attributes.get(attribute)
        key = ("attribute", *labels, attribute)
        if given is None or key in self._open:
            return None
        found = self.instances(("resource", *labels), placed)
        names: Mapping[str, Node] = found[0].names if found else {}
        evaluator = Evaluator(self, placed.file, names)
        value = self._once(key, at, lambda: evaluator.value(given.value))
        is_plain = isinstance(value, Scalar) and not is_identity(attribute)
        if isinstance(value, Scalar | Symbol) and (is_plain or is_handed_on(value)):
            return replace(value, file=at.file, line=at.line)
        return None

    def data(self, type_: str, name: str) -> Node | None:
        """Return what a data block says.

        Parameters
        ----------
        type_ : str
            Such as aws_iam_policy_document.
        name : str
            Its name.

        Returns
        -------
        Node or None
            Its attributes; None where there is none.
        """
        placed = self.directory.of("data").get((type_, name))
        if placed is None:
            return None
        key, block = ("data", type_, name), placed.block

        def work() -> Node:
            found = instances(block, Evaluator(self, placed.file), ".".join(key))
            names = found[0].names if found else {}
            return attributes_of(block.body, Evaluator(self, placed.file, names), block.line)

        return self._once(key, Node(placed.file, block.line), work)

    def names(self) -> tuple[str, ...]:
        """Return what a reference may name, for a hint.

        Returns
        -------
        tuple of str
            Addresses of resources, then variables.
        """
        resources = (".".join(labels) for labels in self.directory.of("resource"))
        variables = (f"var.{labels[0]}" for labels in self.directory.of("variable") if labels)
        return (*resources, *variables)
