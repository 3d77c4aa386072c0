"""Names that others chose, as Markdown prints them: as text, whatever they hold."""

from __future__ import annotations

import re

# An underscore inside of a word is no emphasis, and ids have many.
_SPECIAL = re.compile(r"[\\`*\[\]<>|~]|(?<!\w)_|_(?!\w)|^#|^[+-](?=\s)")
_SPACE = re.compile(r"\s+")
# It keeps a name from calling the person who has it on the forge.
_UNHEARD = "@\N{ZERO WIDTH SPACE}"


def plain(text: object) -> str:
    """Return a text that Markdown leaves as it is, on one line."""
    line = _SPACE.sub(" ", str(text)).strip()
    return _SPECIAL.sub(lambda found: f"\\{found.group()}", line).replace("@", _UNHEARD)


def code(text: object) -> str:
    """Return a text as code, for a table too."""
    line = _SPACE.sub(" ", str(text)).strip().replace("`", "'").replace("|", "\\|")
    return f"`{line}`" if line else ""
