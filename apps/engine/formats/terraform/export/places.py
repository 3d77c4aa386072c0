"""Where in the files of a configuration a setting stands, or would stand."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from apps.engine.catalog.base import Property
from apps.engine.formats.terraform.export.lines import inserted, removed
from apps.engine.formats.terraform.export.text import literal
from apps.engine.formats.terraform.hcl.syntax import (
    Attribute,
    Block,
    Call,
    Expr,
    GetAttr,
    Literal,
    Name,
    Object,
    Template,
    Tuple,
)
from apps.engine.formats.terraform.module import Module
from apps.engine.formats.terraform.upload import Placed

# How many variables may hand a value on to one another in a row.
_MAX_CHAIN = 8
# Settings that stand in a document, by the attribute that holds it.
_ENTRIES = {"redrive_policy": "maxReceiveCount"}


class NoPlace(Exception):
    """A change cannot be written; the message says which line must be changed by hand."""


class Edit(NamedTuple):
    """Characters `start` to `end` of a file give way to a text."""

    file: str
    start: int
    end: int
    text: str
    line: int
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Ground:
    """The files, and the modules that they make."""

    files: Mapping[str, bytes]
    modules: Sequence[Module]

    def about(self, id_: str) -> list[tuple[str, str]]:
        """Return a component and the resources that name it, each with its type.

        Parameters
        ----------
        id_ : str
            Id of the component.

        Returns
        -------
        list of (str, str)
            Addresses and types; the component's own first.
        """
        found: dict[str, str] = {}
        others: dict[str, str] = {}
        for module in self.modules:
            for address, placed in module.placed():
                type_ = placed.block.labels[0]
                if address == id_:
                    found[address] = type_
                elif id_.rpartition(".")[2] in self.text(placed.file):
                    others[address] = type_
        return list({**found, **others}.items())

    def placed(self, address: str) -> tuple[Module, Placed]:
        """Return the block of a resource, and the module that it stands in.

        Parameters
        ----------
        address : str
            Its address without keys.

        Returns
        -------
        tuple of Module and Placed
            Where it stands.

        Raises
        ------
        NoPlace
            If there is none.
        """
        for module in self.modules:
            for other, placed in module.placed():
                if other == address:
                    return module.owner(address), placed
        raise NoPlace(f"{address} is no resource of this configuration.")

    def text(self, file: str) -> str:
        """Return the text of a file.

        Parameters
        ----------
        file : str
            Its name.

        Returns
        -------
        str
            Without its byte order mark.
        """
        return self.files[file].decode("utf-8-sig")


def place_of(
    ground: Ground, address: str, row: Property, value: Any, *, is_new: bool
) -> Iterator[Edit]:
    """Yield the edits that would write a setting.

    Parameters
    ----------
    ground : Ground
        The files.
    address : str
        Of the resource that says it.
    row : Property
        The attribute.
    value : any
        The setting; None takes it out.
    is_new : bool
        Write a new line; else change one that is there.

    Yields
    ------
    Edit
        Each alone would do.

    Raises
    ------
    NoPlace
        If the value is worked out, so that a person must decide where to change it.
    """
    module, placed = ground.placed(address)
    block, name, rest = _down(placed.block, row.path)
    attribute = block.body.attributes.get(name) if not rest else None
    text = ground.text(placed.file)
    if attribute is not None and not is_new:
        if value is None:
            start, end = removed(text, attribute.start, attribute.value.end)
            yield Edit(placed.file, start, end, "", attribute.line)
        else:
            attribute, written = _inside(row, value, attribute)
            yield from _into(ground, module, placed.file, attribute, written, address)
    elif attribute is None and is_new and value is not None:
        line = inserted(text, block, [*rest, name] if rest else [name], _literal_of(row, value))
        yield Edit(placed.file, line.at, line.at, line.text, block.line)


def _inside(row: Property, value: Any, attribute: Attribute) -> tuple[Attribute, str]:
    """Return the attribute, or the entry of the document in it that holds the setting."""
    key = _ENTRIES.get(row.path, "")
    call = attribute.value
    document = call.arguments[0] if isinstance(call, Call) and call.arguments else None
    for name, expr in document.items if isinstance(document, Object) else ():
        if key and isinstance(name, Name) and name.name == key:
            return replace(attribute, value=expr), literal(value)
    return attribute, _as_written(row, value, attribute.value)


def _down(block: Block, path: str) -> tuple[Block, str, list[str]]:
    """Return the innermost block on a path, the attribute, and the blocks that are missing."""
    parts = [part for part in path.split(".") if not part.isdigit()]
    for depth, name in enumerate(parts[:-1]):
        inner = block.body.of_type(name)
        if not inner:
            return block, parts[-1], parts[depth:-1]
        block = inner[0]
    return block, parts[-1], []


def _literal_of(row: Property, value: Any) -> str:
    written = literal(row.conversion.write(value))
    return f"[{written}]" if row.path.rpartition(".")[2].isdigit() else written


def _as_written(row: Property, value: Any, expr: Expr) -> str:
    """Return a value in the form that the one before it has: a number in quotes stays so."""
    found = _literal_of(row, value)
    was_quoted = isinstance(expr, Template)
    return json.dumps(found) if was_quoted and not found.startswith(('"', "[")) else found


def _into(
    ground: Ground, module: Module, file: str, attribute: Attribute, written: str, address: str
) -> Iterator[Edit]:
    expr: Expr | None = attribute.value
    notes: tuple[str, ...] = ()
    for _ in range(_MAX_CHAIN):
        if expr is None:
            break
        if _is_plain(expr):
            yield Edit(file, expr.start, expr.end, written, expr.line, notes)
            return
        found = _behind(module, expr)
        if found is None:
            break
        module, file, expr, word = found
        notes = (*notes, f"The value of {address} stands in {word}, which was changed.")
    raise NoPlace(
        f"{file}:{attribute.line}: {attribute.name} of {address} is worked out; "
        f"change this line by hand to {written}."
    )


def _is_plain(expr: Expr) -> bool:
    if isinstance(expr, Tuple):
        return all(map(_is_plain, expr.items))
    if isinstance(expr, Template):
        return all(isinstance(part, str) for part in expr.parts)
    return isinstance(expr, Literal)


def _behind(module: Module, expr: Expr) -> tuple[Module, str, Expr, str] | None:
    """Return where the value of a variable or a local stands, None for other expressions."""
    if not isinstance(expr, GetAttr) or not isinstance(expr.base, Name):
        return None
    root, name = expr.base.name, expr.name
    if root == "local" and name in module.directory.locals:
        file, attribute = module.directory.locals[name]
        return module, file, attribute.value, f"local.{name}"
    if root != "var":
        return None
    handed = module.handed(name)
    if handed is not None:
        return handed[0], handed[1], handed[2], f"the argument {name}"
    if name in module.directory.values and not module.prefix:
        file, attribute = module.directory.values[name]
        return module, file, attribute.value, file
    placed = module.directory.of("variable").get((name,))
    default = placed.block.body.attributes.get("default") if placed else None
    if placed is None or default is None:
        return None
    return module, placed.file, default.value, f"the default of var.{name}"
