"""Texts of HCL: in quotes and as heredocs, with what is put in between."""

from __future__ import annotations

import re
from collections.abc import Callable

from apps.engine.formats.terraform.hcl.scanner import Scanner
from apps.engine.formats.terraform.hcl.syntax import Expr, Template

Parse = Callable[[Scanner], Expr]
_HEREDOC = re.compile(r"<<(-?)([^\W\d][\w-]*)[ \t\r]*\n")
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "\\": "\\"}
_PLAIN = re.compile(r'[^"\\$%\n]+')
_PLAIN_RAW = re.compile(r"[^$%]+")
_HEX = re.compile(r"u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})")
_FOR = re.compile(r"\s*for\b\s*[\w-]+\s*(?:,\s*[\w-]+)?\s*in\b")
_END = re.compile(r"\s*(?:else|endif|endfor)\s*~?\}")


def quoted(scanner: Scanner, parse: Parse) -> Template:
    """Return the text in quotes that begins here.

    Parameters
    ----------
    scanner : Scanner
        At the opening quote.
    parse : callable
        Reads an expression.

    Returns
    -------
    Template
        Pieces in their order.
    """
    start, line = scanner.at, scanner.line()
    scanner.at += 1
    parts: list[str | Expr] = []
    while not scanner.sees('"'):
        if scanner.at >= len(scanner.text) or scanner.sees("\n"):
            scanner.fail("A text in quotes does not end on its line; close it.", start)
        if not _put_in(scanner, parse, parts):
            parts.append(_plain(scanner))
    scanner.at += 1
    return Template(start, scanner.at, line, _merged(parts))


def _plain(scanner: Scanner) -> str:
    text = scanner.text
    match = _PLAIN.match(text, scanner.at)
    if match:
        scanner.at = match.end()
        return match[0]
    if text[scanner.at] != "\\":
        scanner.at += 1
        return text[scanner.at - 1]
    letter = text[scanner.at + 1 : scanner.at + 2]
    if letter in _ESCAPES:
        scanner.at += 2
        return _ESCAPES[letter]
    match = _HEX.match(text, scanner.at + 1)
    code = int(match[1] or match[2], 16) if match else 0x110000
    if match is None or code > 0x10FFFF:
        scanner.fail(f"'\\{letter}' is no escape of HCL; write '\\\\{letter}'.")
    scanner.at = match.end()
    return chr(code)


def heredoc(scanner: Scanner, parse: Parse) -> Template:
    """Return the heredoc that begins here.

    Parameters
    ----------
    scanner : Scanner
        At `<<`.
    parse : callable
        Reads an expression.

    Returns
    -------
    Template
        Pieces in their order; the indentation is taken off where `<<-` says so.
    """
    start, line = scanner.at, scanner.line()
    match = _HEREDOC.match(scanner.text, scanner.at)
    if match is None:
        scanner.expected("a heredoc such as <<EOT")
    closing = re.compile(rf"^[ \t]*{re.escape(match[2])}[ \t\r]*$", re.M)
    end = closing.search(scanner.text, match.end())
    if end is None:
        scanner.fail(f"The heredoc {match[2]} does not end; close it by its mark alone on a line.")
    scanner.at = match.end()
    parts: list[str | Expr] = []
    while scanner.at < end.start():
        if not _put_in(scanner, parse, parts):
            plain = _PLAIN_RAW.match(scanner.text, scanner.at, end.start())
            stop = plain.end() if plain else scanner.at + 1
            parts.append(scanner.text[scanner.at : stop])
            scanner.at = stop
    scanner.at = end.end()
    merged = _merged(parts)
    return Template(start, scanner.at, line, _outdented(merged) if match[1] else merged)


def whole(scanner: Scanner, parse: Parse) -> Template:
    """Return a file that is one text, as `templatefile` reads it.

    Parameters
    ----------
    scanner : Scanner
        At the beginning of the file.
    parse : callable
        Reads an expression.

    Returns
    -------
    Template
        Pieces in their order.
    """
    parts: list[str | Expr] = []
    end = len(scanner.text)
    while scanner.at < end:
        if not _put_in(scanner, parse, parts):
            plain = _PLAIN_RAW.match(scanner.text, scanner.at)
            stop = plain.end() if plain else scanner.at + 1
            parts.append(scanner.text[scanner.at : stop])
            scanner.at = stop
    return Template(0, end, 1, _merged(parts))


def _put_in(scanner: Scanner, parse: Parse, parts: list[str | Expr]) -> bool:
    """Read `${…}` or `%{…}`; of a directive the expression alone, whichever way it goes."""
    for escape, text in (("$${", "${"), ("%%{", "%{")):
        if scanner.sees(escape):
            scanner.at += 3
            parts.append(text)
            return True
    if scanner.sees("${"):
        parts.append(_expression(scanner, parse))
        return True
    if not scanner.sees("%{"):
        return False
    scanner.at += 3 if scanner.sees("%{~") else 2
    end = _END.match(scanner.text, scanner.at)
    if end:
        scanner.at = end.end()
        return True
    head = _FOR.match(scanner.text, scanner.at)
    scanner.at = head.end() if head else scanner.at
    if head is None:
        scanner.skip_lines()
        if scanner.name() != "if":
            scanner.expected("a directive: if, for, else, endif or endfor")
    scanner.at -= 2
    parts.append(_expression(scanner, parse))
    return True


def _expression(scanner: Scanner, parse: Parse) -> Expr:
    scanner.at += 2
    if scanner.sees("~"):
        scanner.at += 1
    scanner.brackets += 1
    found = parse(scanner)
    scanner.skip()
    if scanner.sees("~"):
        scanner.at += 1
    if not scanner.sees("}"):
        scanner.expected("'}'")
    scanner.at += 1
    scanner.brackets -= 1
    return found


def _merged(parts: list[str | Expr]) -> tuple[str | Expr, ...]:
    found: list[str | Expr] = []
    for part in parts:
        if isinstance(part, str) and found and isinstance(found[-1], str):
            found[-1] += part
        else:
            found.append(part)
    return tuple(found)


def _outdented(parts: tuple[str | Expr, ...]) -> tuple[str | Expr, ...]:
    marked = "".join(part if isinstance(part, str) else "\x00" for part in parts)
    lines = [line for line in marked.split("\n") if line.strip()]
    depth = min((len(line) - len(line.lstrip(" \t")) for line in lines), default=0)
    beginning = re.compile(rf"(?m)^[ \t]{{{depth}}}")
    texts = iter(beginning.sub("", marked).split("\x00"))
    found: list[str | Expr] = [next(texts)]
    for part in parts:
        if not isinstance(part, str):
            found += [part, next(texts)]
    return tuple(part for part in found if part != "")
