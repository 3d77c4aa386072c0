"""What a file needs to stand alone: its style, and pictures in place of addresses."""

from __future__ import annotations

import base64
import hashlib
import re
from functools import cache
from pathlib import Path

from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import staticfiles_storage

_GLYPH = re.compile(r'(href|src)="[^"]*img/kinds/([a-z0-9_]+)(?:\.[0-9a-f]{12})?\.svg"')
_FONT = re.compile(r"@font-face \{[^}]*\}\s*")
# Without the file of the typeface: one that is no wider, so that names keep to their boxes.
_SANS = 'Inter, "Helvetica Neue", Arial, "Liberation Sans", system-ui, sans-serif'
_PICTURE = re.compile(r"[\w-]+: url\([^)]*\);\s*")
_TOKEN = re.compile(r"(--[\w-]+): light-dark\(([^,]+), ([^)]+)\);")
_FIXED = re.compile(r"(--[\w-]+): ([^;]+);")
_RULE = re.compile(r"(?:svg\.graph|\.graph|\.u-ok)\b[^{]*\{[^}]*\}[^\n]*")
# What XML cannot hold, escaped or not.
_NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


@cache
def page_style() -> str:
    """Return the style of the pages without its fonts and pictures, which are files."""
    sheet = _PICTURE.sub("", _FONT.sub("", _static("css/headroom.css")))
    return f"{sheet}:root {{ --sans: {_SANS}; }}\n"


@cache
def diagram_style() -> str:
    """Return the style of a diagram, its colours worked out: few viewers know variables."""
    sheet = _static("css/headroom.css")
    rules = [line.strip() for line in sheet.splitlines() if _RULE.match(line.strip())]
    rules = [rule for rule in rules if ":hover" not in rule and ":focus" not in rule]
    pairs = {name: (light, dark) for name, light, dark in _TOKEN.findall(sheet)}
    fixed = {name: value for name, value in _FIXED.findall(sheet) if name not in pairs}
    fixed["--sans"] = _SANS
    light = "".join(_worked_out(rules, fixed | {k: v[0] for k, v in pairs.items()}))
    coloured = [rule for rule in rules if any(f"var({name})" in rule for name in pairs)]
    dark = "".join(_worked_out(coloured, fixed | {k: v[1] for k, v in pairs.items()}))
    return f"{light}@media (prefers-color-scheme:dark){{{dark}}}"


def _worked_out(rules: list[str], values: dict[str, str]) -> list[str]:
    return [
        re.sub(r"var\((--[\w-]+)\)", lambda found: values[found.group(1)], rule) for rule in rules
    ]


def style_hash(style: str) -> str:
    """Return how a content policy names a style."""
    digest = hashlib.sha256(style.encode()).digest()
    return f"sha256-{base64.b64encode(digest).decode()}"


def with_glyphs(text: str) -> str:
    """Return a page or a picture that holds the glyphs of kinds itself."""
    return _GLYPH.sub(lambda found: f'{found.group(1)}="{_glyph(found.group(2))}"', text)


def as_xml(text: str) -> str:
    """Return a text without the characters that XML has no way to write."""
    return _NO_XML.sub("\N{REPLACEMENT CHARACTER}", text)


@cache
def _glyph(kind: str) -> str:
    data = base64.b64encode(_static(f"img/kinds/{kind}.svg").encode()).decode()
    return f"data:image/svg+xml;base64,{data}"


def _static(path: str) -> str:
    """Return the text of a static file, from the sources or from where they are served."""
    found = finders.find(path)
    if found:
        return Path(found).read_text(encoding="utf-8")
    with staticfiles_storage.open(path) as file:
        return bytes(file.read()).decode()
