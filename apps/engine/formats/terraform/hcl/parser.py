"""Files of HCL → blocks and attributes."""

from __future__ import annotations

from apps.engine.formats.cloudformation.bounds import decode
from apps.engine.formats.terraform.hcl.expressions import expression
from apps.engine.formats.terraform.hcl.scanner import Scanner
from apps.engine.formats.terraform.hcl.syntax import Attribute, Block, Body, Expr, Template
from apps.engine.formats.terraform.hcl.templates import quoted


def parse(file: str, data: bytes) -> Body:
    """Return what a file says.

    Parameters
    ----------
    file : str
        Its name, for messages.
    data : bytes
        Its bytes.

    Returns
    -------
    Body
        Attributes and blocks with their places.

    Raises
    ------
    UnreadableInput
        With file and line, for what Terraform would not read either.
    """
    scanner = Scanner(file, decode(file, data))
    body = _body(scanner)
    if scanner.at < len(scanner.text):
        scanner.expected("a block or an attribute")
    return body


def parse_expression(file: str, text: str) -> Expr:
    """Return one expression, such as stands in a value of .tf.json.

    Parameters
    ----------
    file : str
        Name of the file, for messages.
    text : str
        The expression.

    Returns
    -------
    Expr
        With offsets in the text.

    Raises
    ------
    UnreadableInput
        If it is none.
    """
    scanner = Scanner(file, text)
    scanner.brackets = 1
    found = expression(scanner)
    scanner.skip()
    if scanner.at < len(text):
        scanner.expected("the end of the expression")
    return found


def _body(scanner: Scanner) -> Body:
    attributes: dict[str, Attribute] = {}
    blocks: list[Block] = []
    while True:
        scanner.skip_lines()
        start, line = scanner.at, scanner.line()
        name = scanner.name()
        if not name:
            return Body(attributes, tuple(blocks))
        scanner.skip()
        if scanner.sees("=") and not scanner.sees("=="):
            scanner.at += 1
            if name in attributes:
                scanner.fail(f"'{name}' is given twice; keep one of them.", start)
            attributes[name] = Attribute(name, expression(scanner), start, line)
            _end_of_line(scanner)
        else:
            blocks.append(_block(scanner, name, start, line))


def _block(scanner: Scanner, type_: str, start: int, line: int) -> Block:
    labels: list[str] = []
    while not scanner.take("{"):
        if scanner.sees('"'):
            labels.append(_label(quoted(scanner, expression)))
        else:
            label = scanner.name()
            if not label:
                scanner.expected(f"'=' or '{{' after '{type_}'")
            labels.append(label)
    scanner.enter()
    body = _body(scanner)
    scanner.leave()
    if not scanner.sees("}"):
        scanner.expected("a block, an attribute or '}'")
    end = scanner.at
    scanner.at += 1
    return Block(type_, tuple(labels), body, line, start, end)


def _label(template: Template) -> str:
    return "".join(part for part in template.parts if isinstance(part, str))


def _end_of_line(scanner: Scanner) -> None:
    scanner.skip()
    if scanner.at < len(scanner.text) and scanner.text[scanner.at] not in "\n}":
        scanner.expected("the end of the line")
