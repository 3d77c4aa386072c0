""".tf and .tfvars files with the secrets that are written out in them written over."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from apps.engine.formats.errors import UnreadableInput
from apps.engine.formats.masking.texts import MARK
from apps.engine.formats.secret_names import is_secret_name
from apps.engine.formats.terraform.hcl.parser import parse
from apps.engine.formats.terraform.hcl.syntax import (
    Body,
    Call,
    Conditional,
    Expr,
    Literal,
    Name,
    Object,
    Operation,
    Template,
    Tuple,
)

Span = tuple[int, int]
# Attributes whose names do not tell that a secret may stand in them.
_VALUES: Mapping[tuple[str, ...], tuple[str, ...]] = {("aws_ssm_parameter",): ("value",)}


def masked_configuration(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return .tf and .tfvars files with their secrets written over, length for length.

    Parameters
    ----------
    files : mapping of str to bytes
        Bytes by file name; others than those are left as they are.

    Returns
    -------
    dict of str to bytes
        The same, byte for byte where nothing is secret.
    """
    bodies: dict[str, Body] = {}
    for name, data in files.items():
        if name.endswith((".tf", ".tfvars")) and data.strip():
            try:
                bodies[name] = parse(name, data)
            except UnreadableInput:
                continue
    sensitive = {name for body in bodies.values() for name in _sensitive(body)}
    return {
        name: _masked(data, bodies[name], sensitive) if name in bodies else data
        for name, data in files.items()
    }


def _masked(data: bytes, body: Body, sensitive: set[str]) -> bytes:
    text = data.decode("utf-8-sig")
    signs = list(text)
    for start, end in _spans(body, text, sensitive):
        for at in range(start, end):
            if signs[at] not in "\r\n":
                signs[at] = "9" if signs[at].isdigit() and _is_number(text, start) else MARK
    found = "".join(signs)
    return data if found == text else found.encode()


def _is_number(text: str, start: int) -> bool:
    """Say whether what begins here stands outside of a text: a number stays one."""
    return text[start - 1 : start] not in ('"', "\n", "}") and text[start].isdigit()


def _sensitive(body: Body) -> Iterator[str]:
    """Yield the names of the variables that are called sensitive."""
    for block in body.of_type("variable"):
        said = block.body.attributes.get("sensitive")
        if said is not None and isinstance(said.value, Literal) and said.value.value is True:
            yield from block.labels[:1]


def _spans(body: Body, text: str, sensitive: set[str]) -> Iterator[Span]:
    for name, attribute in body.attributes.items():
        is_secret = is_secret_name(name) or name in sensitive
        yield from _in(attribute.value, text, is_secret=is_secret)
    for block in body.blocks:
        is_variable = block.type == "variable" and block.labels
        if is_variable and (block.labels[0] in sensitive or is_secret_name(block.labels[0])):
            default = block.body.attributes.get("default")
            if default is not None:
                yield from _in(default.value, text, is_secret=True)
        else:
            is_given = block.type in ("resource", "data", "module")
            inside = set(_VALUES.get(block.labels[:1], ())) if is_given else sensitive
            yield from _spans(block.body, text, inside)


def _in(expr: Expr, text: str, *, is_secret: bool) -> Iterator[Span]:
    """Yield where secrets stand in an expression; names of other things are none."""
    if isinstance(expr, Template):
        yield from _pieces(expr, text) if is_secret else ()
    elif isinstance(expr, Literal):
        is_number = is_secret and not isinstance(expr.value, bool) and expr.value is not None
        yield from [(expr.start, expr.end)] if is_number else ()
    elif isinstance(expr, Object):
        named = any(is_secret_name(_text(value)) for key, value in expr.items if _is_name(key))
        for key, value in expr.items:
            inside = is_secret or is_secret_name(_text(key)) or (named and not _is_name(key))
            yield from _in(value, text, is_secret=inside)
    else:
        for inner in _operands(expr):
            yield from _in(inner, text, is_secret=is_secret)


def _operands(expr: Expr) -> tuple[Expr, ...]:
    if isinstance(expr, Tuple):
        return expr.items
    if isinstance(expr, Call):
        return expr.arguments
    if isinstance(expr, Operation):
        return expr.operands
    return (expr.then, expr.otherwise) if isinstance(expr, Conditional) else ()


def _is_name(key: Expr) -> bool:
    return _text(key).lower() == "name"


def _text(expr: Expr) -> str:
    if isinstance(expr, Name):
        return expr.name
    if isinstance(expr, Template) and all(isinstance(part, str) for part in expr.parts):
        return "".join(map(str, expr.parts))
    return ""


def _pieces(template: Template, text: str) -> Iterator[Span]:
    """Yield the spans of a text that are written out, what is put in between left alone."""
    start, end = template.start + 1, template.end - 1
    if text.startswith("<<", template.start):
        start = text.index("\n", template.start) + 1
        end = text.rindex("\n", start - 1, template.end) + 1
    for part in template.parts:
        if not isinstance(part, str):
            opening = max(text.rfind(sign, start, part.start) for sign in ("${", "%{"))
            yield start, max(start, opening)
            start = text.find("}", part.end) + 1
    yield start, max(start, end)
