"""A configuration that is being written: blocks in the style of `terraform fmt`."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TypeAlias

from apps.engine.formats.terraform.export.text import literal

_WORD = re.compile(r"[^a-z0-9_]+")
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_KEY = re.compile(r"[A-Za-z_][\w-]*")


@dataclass(frozen=True, slots=True)
class Raw:
    """An expression that is written as it is."""

    text: str


Value: TypeAlias = "str | int | float | bool | Raw | list[Value] | dict[str, Value]"


@dataclass(slots=True)
class Part:
    """The inside of a block: attributes and nested blocks, in their order."""

    attributes: dict[str, Value] = field(default_factory=dict)
    blocks: list[tuple[str, Part]] = field(default_factory=list)

    def block(self, name: str, *, fresh: bool = False) -> Part:
        """Return a nested block, made where there is none.

        Parameters
        ----------
        name : str
            Its type.
        fresh : bool, optional
            Make one more.

        Returns
        -------
        Part
            Its inside.
        """
        found = next((part for other, part in self.blocks if other == name), None)
        if found is None or fresh:
            found = Part()
            self.blocks.append((name, found))
        return found

    def put(self, path: str, value: Value) -> None:
        """Write a value at a dotted path, as the rows of kinds name it.

        Parameters
        ----------
        path : str
            Blocks by name with their places, then the attribute.
        value : Value
            What it holds.
        """
        parts = path.split(".")
        if parts[-1].isdigit():
            parts, value = parts[:-1], [value]
        part = self
        for name in (name for name in parts[:-1] if not name.isdigit()):
            part = part.block(name)
        part.attributes[parts[-1]] = value


@dataclass(slots=True)
class Resource(Part):
    """One resource. `name` is unique among those of its type."""

    type: str = ""
    name: str = ""

    def __getitem__(self, attribute: str) -> Raw:
        return Raw(f"{self.type}.{self.name}.{attribute}")


class Sheet:
    """All blocks of a module."""

    def __init__(self) -> None:
        self.resources: list[Resource] = []
        self.variables: dict[str, tuple[str, str]] = {}
        self._names: set[tuple[str, str]] = set()

    def add(self, type_: str, name: str, /, **attributes: Value) -> Resource:
        """Return a new resource.

        Parameters
        ----------
        type_ : str
            Such as aws_sqs_queue.
        name : str
            What it should be called; a number is added where that is taken.
        **attributes : Value
            What it holds.

        Returns
        -------
        Resource
            To be filled further.
        """
        free, number = name, 1
        while (type_, free) in self._names:
            number += 1
            free = f"{name}_{number}"
        self._names.add((type_, free))
        found = Resource(dict(attributes), [], type_, free)
        self.resources.append(found)
        return found

    def variable(self, name: str, type_: str, about: str) -> Raw:
        """Return a variable, declared once.

        Parameters
        ----------
        name : str
            Its name.
        type_ : str
            Its type in HCL.
        about : str
            What the person who applies the module must give.

        Returns
        -------
        Raw
            Its value.
        """
        self.variables[name] = (type_, about)
        return Raw(f"var.{name}")

    def text(self, head: str) -> str:
        """Return the module as one file.

        Parameters
        ----------
        head : str
            A sentence for its beginning.

        Returns
        -------
        str
            As `terraform fmt` would leave it.
        """
        pieces = [f"# {head}\n"]
        for name, (type_, about) in sorted(self.variables.items()):
            inside = Part({"description": about, "type": Raw(type_)})
            pieces.append(_block(f'variable "{name}"', inside, ""))
        for resource in self.resources:
            pieces.append(_block(f'resource "{resource.type}" "{resource.name}"', resource, ""))
        return "\n".join(pieces)


def word(text: str) -> str:
    """Return a text as a name of Terraform.

    Parameters
    ----------
    text : str
        Such as OrdersQueue, or module.shop.aws_sqs_queue.orders.

    Returns
    -------
    str
        Small letters, digits and underscores.

    Examples
    --------
    >>> word("OrdersQueue"), word("Nested/2nd queue")
    ('orders_queue', 'nested_2nd_queue')
    """
    plain = _WORD.sub("_", _HUMP.sub("_", text).lower()).strip("_")
    return plain if plain and not plain[0].isdigit() else f"x_{plain}".rstrip("_")


def _block(head: str, part: Part, indent: str) -> str:
    if not part.attributes and not part.blocks:
        return f"{indent}{head} {{}}\n"
    lines = _attributes(part.attributes, indent + "  ")
    for name, inner in part.blocks:
        lines += ([""] if lines else []) + _block(name, inner, indent + "  ").rstrip("\n").split(
            "\n"
        )
    inside = "\n".join(lines)
    return f"{indent}{head} {{\n{inside}\n{indent}}}\n"


def _attributes(attributes: dict[str, Value], indent: str) -> list[str]:
    """Return lines whose signs of equality stand below one another, as far as they are alone."""
    written = {name: _expression(value, indent) for name, value in attributes.items()}
    short = [name for name, text in written.items() if "\n" not in text]
    width = max(map(len, short), default=0)
    lines = [f"{indent}{name.ljust(width)} = {written[name]}" for name in short]
    for name, text in written.items():
        if "\n" in text:
            lines += ([""] if lines else []) + f"{indent}{name} = {text}".split("\n")
    return lines


def _expression(value: Value, indent: str) -> str:
    if isinstance(value, Raw):
        return value.text
    if isinstance(value, dict):
        return _object(value, indent)
    if isinstance(value, list):
        inner = [_expression(item, indent + "  ") for item in value]
        if not any("\n" in item for item in inner) and sum(map(len, inner)) < 60:
            return f"[{', '.join(inner)}]"
        lines = "".join(f"{indent}  {item},\n" for item in inner)
        return f"[\n{lines}{indent}]"
    return literal(value)


def _object(value: dict[str, Value], indent: str) -> str:
    if not value:
        return "{}"
    keys = {key: key if _KEY.fullmatch(key) else literal(key) for key in value}
    lines: list[str] = []
    run: list[tuple[str, str]] = []
    for key, item in value.items():
        text = _expression(item, indent + "  ")
        run.append((keys[key], text))
        if "\n" in text:
            lines += _run(run, indent)
            run = []
    lines += _run(run, indent)
    inside = "\n".join(lines)
    return f"{{\n{inside}\n{indent}}}"


def _run(run: list[tuple[str, str]], indent: str) -> list[str]:
    """Return entries of an object; one of several lines is aligned with none."""
    short = [key for key, text in run if "\n" not in text]
    width = max(map(len, short), default=0)
    return [
        f"{indent}  {key if chr(10) in text else key.ljust(width)} = {text}" for key, text in run
    ]


def encoded(value: Value, indent: str = "  ") -> Raw:
    """Return a document as a call of jsonencode.

    Parameters
    ----------
    value : Value
        The document.
    indent : str, optional
        Of the attribute that holds it.

    Returns
    -------
    Raw
        The call.
    """
    return Raw(f"jsonencode({_expression(value, indent)})")
