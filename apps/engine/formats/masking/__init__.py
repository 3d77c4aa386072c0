"""Templates and settings with the secrets that are written out in them written over."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping

import yaml

from apps.engine.formats.cloudformation.export.sheet import Sheet
from apps.engine.formats.cloudformation.export.spots import Row, Table
from apps.engine.formats.masking.spans import Place, Secrets, secrets_of
from apps.engine.formats.masking.texts import Over, in_text, masked_word, replaced

_BOM = "\ufeff"
# Of what is read, only UTF-8; what lies beside it is kept as well.
_MARKS = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}
# Where none of these stands, nothing needs to be looked for.
_HINT = re.compile(
    r"pass|secret|token|pwd|key|kubeconfig|connection.?string|webhook|credentials|NoEcho"
    r"|authorization|:[^/\s]*@",
    re.I,
)
# Settings line by line, in which values need no quotes.
_SETTINGS = re.compile(r"(?:.*/)?(?:.*\.toml|\.env[\w.-]*)")
_MARKUP = (".yaml", ".yml", ".json", ".template")
# Neither settings nor documents, though they may look like such.
_CODE = (".graphql", ".tpl", ".tftpl", ".hcl")
_SECOND = re.compile(r"(?<=\n)---", re.M)


def masked_documents(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return templates and settings with their secrets written over, length for length.

    Parameters
    ----------
    files : mapping of str to bytes
        Bytes by file name.

    Returns
    -------
    dict of str to bytes
        The same, byte for byte where nothing is secret.
    """
    found = dict(files)
    sheets: dict[str, Sheet] = {}
    for name, data in files.items():
        encoding = _encoding(data)
        try:
            text = data.decode(encoding).removeprefix(_BOM)
        except UnicodeDecodeError:  # Nothing here can read it.
            continue
        if not _HINT.search(text):
            continue
        sheet = _sheet(name, text)
        if sheet is None:
            is_settings = _SETTINGS.fullmatch(name) or name.endswith(_MARKUP)
            found[name] = _written(data, text, in_text(text, is_settings=bool(is_settings)))
        else:
            sheets[name] = sheet
    return found | _of_sheets(files, sheets)


def _encoding(data: bytes) -> str:
    return next((name for mark, name in _MARKS.items() if data.startswith(mark)), "utf-8")


def _sheet(name: str, text: str) -> Sheet | None:
    """Return a document of YAML or JSON, None for what is none."""
    if _SETTINGS.fullmatch(name) or name.endswith(_CODE) or _SECOND.search(text):
        return None
    sheet = Sheet(text)
    try:
        return sheet if isinstance(sheet.root, Row | Table) else None
    except (yaml.YAMLError, ValueError, IndexError, RecursionError):
        return None


def _of_sheets(files: Mapping[str, bytes], sheets: Mapping[str, Sheet]) -> dict[str, bytes]:
    """Write over what is secret, and what secrets are taken from, in whichever file."""
    places: dict[str, set[tuple[str, ...]]] = {name: set() for name in sheets}
    todo = set(sheets)
    found: dict[str, Secrets] = {}
    while todo:
        name = todo.pop()
        found[name] = secrets_of(sheets[name].root, places[name])
        for place in found[name].places:
            for other in _meant(place, name, sheets):
                if place.path not in places[other]:
                    places[other].add(place.path)
                    todo.add(other)
    return {
        name: _written(files[name], sheets[name].text, _overs(sheets[name].text, secrets))
        for name, secrets in found.items()
    }


def _meant(place: Place, name: str, sheets: Mapping[str, Sheet]) -> list[str]:
    if not place.file:
        return [name]
    path = posixpath.normpath(place.file)
    return [each for each in sheets if each == path or each.endswith(f"/{path}")]


def _overs(text: str, secrets: Secrets) -> Iterator[Over]:
    for start, word in secrets.others.items():
        if start not in secrets.whole:
            raw = text[word.start : word.end]
            for at, by in in_text(raw, is_line="\n" not in raw):
                yield start + at, by
    for word in secrets.whole.values():
        yield masked_word(text, word)


def _written(data: bytes, text: str, overs: Iterable[Over]) -> bytes:
    encoding = _encoding(data)
    mark = _BOM if data.startswith(_BOM.encode(encoding)) else ""
    return (mark + replaced(text, overs)).encode(encoding)
