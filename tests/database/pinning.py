"""What makes RDS Proxy keep a connection to the database for one client until it hangs up.

https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-proxy-pinning.html
"""

from __future__ import annotations

import re
from typing import Final

MOST_BYTES: Final = 16 * 1024
# Values, names in quotes and comments say nothing about what a statement does.
SILENT: Final = re.compile(
    rb"E'(?:\\.|''|[^'\\])*'|'(?:''|[^'])*'|\"(?:\"\"|[^\"])*\""
    rb"|--[^\n]*|/\*.*?\*/|\$(\w*)\$.*?\$\1\$",
    re.DOTALL | re.IGNORECASE,
)
# The test runner itself looks at the constraints so, at the end of each test.
PINS: Final = {
    rb"^SET (?!CONSTRAINTS)|^RESET ": "SET or RESET",
    rb"\bSET_CONFIG\s*\(": "set_config",
    rb"^(PREPARE|EXECUTE|DEALLOCATE) ": "a statement that is prepared",
    rb"^DISCARD ": "DISCARD",
    rb"^CREATE ((LOCAL|GLOBAL) )?TEMP|\bINTO TEMP": "something temporary",
    rb"^DECLARE ": "a cursor",
    rb"^LISTEN ": "LISTEN",
    rb"^LOAD ": "LOAD",
    rb"\b(NEXTVAL|SETVAL)\s*\(": "a sequence",
    rb"\bPG_(TRY_)?ADVISORY_(UN)?LOCK\w*\s*\(": "a lock of the session",
}


def why_it_pins(text: bytes, name: bytes = b"") -> str:
    """Return what in a statement pins, or nothing; the name is that of the extended protocol."""
    if name:
        return "a statement that is prepared"
    if len(text) > MOST_BYTES:
        return f"a text of {len(text)} bytes"
    for statement in SILENT.sub(_placeholder, text).split(b";"):
        plain = b" ".join(statement.upper().split()) + b" "
        for pattern, reason in PINS.items():
            if re.search(pattern, plain):
                return reason
    return ""


def _placeholder(match: re.Match[bytes]) -> bytes:
    return b" " if match[0][:2] in (b"--", b"/*") else b"?"
