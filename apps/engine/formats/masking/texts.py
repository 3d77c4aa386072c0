"""What stands in a text instead of a secret, and where secrets stand inside of longer texts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from apps.engine.formats.cloudformation.export.spots import Word
from apps.engine.formats.secret_names import is_secret_name

# Where a text begins, and what is written over it from there.
Over = tuple[int, str]
MARK = "*"
# Outside of quotes the mark alone would be an alias of YAML.
_FIRST = "x"
_NOTHING = frozenset({"", "~", "null", "none", "true", "false", "yes", "no", "on", "off"})
# How long a token is good.
_TIMES = frozenset({"seconds", "minutes", "hours", "days"})
# Names of things, expressions and paths into an input are no secrets.
_HARMLESS = re.compile(r"arn:|\$[.$]|%[A-Z_]+%$")
_NUMBER = re.compile(r"[-+]?\d+(?:\.\d+)?")
_RESOLVED = re.compile(r"\{\{resolve:.{0,1000}?\}\}+")
_BRACE = re.compile(r"\$?\{|\}")
# The keys of a document of JSON, and the signs between its values.
_KEY = re.compile(r"""\\*"[\w.-]{1,64}\\*"\s*:""")
_SIGNS = re.compile(r"""[\s"\\{}\[\],:]+""")
_QUOTED_WORD = re.compile(r"""(\\?["']{1,2})((?:(?!\1).)+)\1""")
_BEFORE = re.compile(r"(?:[!&]\S*\s+)*")

_NAME = r"(?<![\w.-])(?P<name>[A-Za-z_][\w.-]{0,99})"
_QUOTES = (
    r"""(?:(?P<q>\\+")(?P<a>[^"\n]*?)(?P=q)|"(?P<b>(?:\\.|[^"\\\n])*)"|'(?P<c>[^'\n]*)')""",
    r'(?:"""(?P<d>(?:(?!""").)*)"""' + r"|'''(?P<e>(?:(?!''').)*)''')",
)
# name = "value", "name": "value", and the same inside of another text.
_QUOTED = re.compile(rf"""{_NAME}(?:\\*["'])?[ \t]*(?::=|=>|[:=])[ \t]*{_QUOTES[0]}""")
_LONG = re.compile(rf"""{_NAME}["']?[ \t]*=[ \t]*{_QUOTES[1]}""", re.S)
_LISTED = re.compile(rf"""{_NAME}["']?[ \t]*[:=][ \t]*\[(?P<f>[^\[\]\n]*)\]""")
# Connection strings, queries of addresses and arguments: name=value without a blank.
_JOINED = re.compile(rf"""{_NAME}=(?P<g>[^\s,;&"'$<{{()\[\]\\]+)""")
# A line of its own.
_LINE = re.compile(
    rf"""^[ \t]*(?:export[ \t]+|-[ \t]+)?["']?{_NAME}["']?[ \t]*[:=][ \t]*"""
    rf"""(?P<h>[^\s"'#,{{\[|>&*!][^\n\r#]*)""",
    re.M,
)
_ADDRESS = re.compile(r"""(?<=://)[^\s/:@"'$<{]*:(?P<i>[^\s/@"'$<{]+)(?=@)""")
_KEYED = (_QUOTED, _LONG, _LISTED, _JOINED)
_ALL = (*_KEYED, _LINE)


def is_harmless(value: str) -> bool:
    """Say whether a value is no secret, whatever it is called.

    Parameters
    ----------
    value : str
        A scalar.

    Returns
    -------
    bool
        True for nothing, truth values, ARNs and paths.
    """
    return value.strip().lower() in _NOTHING | _TIMES or _HARMLESS.match(value) is not None


def masked_word(text: str, word: Word) -> Over:
    """Return a scalar written over, its quotes and what it refers to left alone.

    Parameters
    ----------
    text : str
        The file.
    word : Word
        One of its scalars.

    Returns
    -------
    tuple of int and str
        Where, and what; as long as what stood there.
    """
    start, end = word.start, word.end
    if word.tag or word.anchor:
        before = _BEFORE.match(text, start, end)
        start = before.end() if before else start
    if word.style in ('"', "'"):
        start, end = start + 1, end - 1
    elif word.style:
        start = text.find("\n", start, end) + 1 or end
    raw = text[start:end]
    if not word.style and _NUMBER.fullmatch(raw):
        return start, re.sub(r"\d", "9", raw)
    return start, starred(raw, is_bare=not word.style)


def starred(raw: str, *, is_bare: bool = False) -> str:
    """Return a text of the same length and lines, its references as they were.

    Parameters
    ----------
    raw : str
        As it stands in a file.
    is_bare : bool, optional
        Whether it stands there without quotes.

    Returns
    -------
    str
        Stars, but for blanks, `${…}`, `{{resolve:…}}` and the keys of JSON.
    """
    found, at = "", 0
    for start, end in _references(raw):
        found += _stars(raw[at:start]) + _without_words(raw[start:end])
        at = end
    found += _stars(raw[at:])
    return _FIRST + found[1:] if is_bare and found.startswith(MARK) else found


def _stars(raw: str) -> str:
    if _SIGNS.fullmatch(raw):
        return raw
    if _KEY.search(raw) is None:
        return re.sub(r"\S", MARK, raw)
    found, at = "", 0
    for key in _KEY.finditer(raw):
        found += _values(raw[at : key.start()]) + key[0]
        at = key.end()
    return found + _values(raw[at:])


def _values(raw: str) -> str:
    return re.sub(r"""[^\s"\\{}\[\],:]""", MARK, raw)


def _references(raw: str) -> list[tuple[int, int]]:
    """Return where variables and dynamic references stand, the outermost of nested ones."""
    resolved = [match.span() for match in _RESOLVED.finditer(raw)]
    blank = _RESOLVED.sub(lambda match: " " * len(match[0]), raw)
    return sorted([*resolved, *variables(blank)])


def variables(raw: str) -> list[tuple[int, int]]:
    """Return where `${…}` stand, the outermost of nested ones.

    Parameters
    ----------
    raw : str
        A text.

    Returns
    -------
    list of tuple of int
        Where each begins, and the place after it.
    """
    opened: list[re.Match[str]] = []
    found: list[tuple[int, int]] = []
    for brace in _BRACE.finditer(raw):
        if brace[0] != "}":
            opened.append(brace)
        elif opened:
            first = opened.pop()
            if first[0] == "${":
                while found and found[-1][0] > first.start():
                    found.pop()
                found.append((first.start(), brace.end()))
    return found


def _without_words(variable: str) -> str:
    """Return a variable without what it falls back on, where that is written out."""
    return _QUOTED_WORD.sub(lambda m: m[1] + MARK * len(m[2]) + m[1], variable)


def in_text(text: str, *, is_settings: bool = False, is_line: bool = False) -> Iterator[Over]:
    """Yield what is written over inside of a text that is no secret as a whole.

    Parameters
    ----------
    text : str
        A file, or a scalar as it stands in one.
    is_settings : bool, optional
        Whether values on lines of their own need no quotes.
    is_line : bool, optional
        Whether it is one line, in which values need no quotes either.

    Yields
    ------
    tuple of int and str
        Where, and what; as long as what stood there.
    """
    for pattern in _ALL if is_settings else _KEYED:
        # In code, name=value in small letters names an argument.
        is_code = pattern is _JOINED and not (is_settings or is_line)
        for match in _named(pattern, text):
            if not is_code or match["name"].isupper():
                yield from _over(match)
    for match in _ADDRESS.finditer(text):
        yield from _over(match)


def _named(pattern: re.Pattern[str], text: str) -> Iterator[re.Match[str]]:
    """Yield the values of secret names, also inside of the values of others."""
    at = 0
    while match := pattern.search(text, at):
        is_secret = is_secret_name(match["name"])
        at = match.end() if is_secret else match.end("name")
        if is_secret:
            yield match


def _over(match: re.Match[str]) -> Iterator[Over]:
    kind = next((k for k, v in match.groupdict().items() if v and k not in ("name", "q")), "")
    if not kind or is_harmless(match[kind]):
        return
    value = match[kind]
    if kind == "f":  # A list: its texts alone.
        yield match.start(kind), _without_words(value)
    elif kind == "h" and _NUMBER.fullmatch(value.strip()):
        yield match.start(kind), re.sub(r"\d", "9", value)
    else:
        yield match.start(kind), starred(value, is_bare=kind in "gh")


def replaced(text: str, overs: Iterable[Over]) -> str:
    """Return a text with other signs in some places.

    Parameters
    ----------
    text : str
        A file.
    overs : iterable of tuple of int and str
        Where, and what.

    Returns
    -------
    str
        A text of the same length.
    """
    signs = list(text)
    for start, by in overs:
        signs[start : start + len(by)] = by
    return "".join(signs)
