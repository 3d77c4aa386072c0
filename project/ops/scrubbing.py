"""Take secrets out of text before it is written to a log or mailed.

What is secret is known in two ways: the values of the settings themselves, and the shapes in which
secrets turn up in addresses, headers and messages of libraries.
"""

from __future__ import annotations

import os
import re
from functools import cache
from typing import Final

from django.conf import settings

HIDDEN: Final = "[hidden]"
# Shorter values would hide words of everyday text.
SHORTEST_SECRET: Final = 8

PATTERNS: Final = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        # Keys and tokens in our own addresses.
        r"(?P<keep>/accounts/invitations/)[^/\s\"'?]+",
        r"(?P<keep>/accounts/confirm-email/)[^/\s\"'?]+",
        r"(?P<keep>/accounts/password/reset/key/)[^/\s\"'?]+",
        # The password of an address such as postgresql://name:password@host.
        r"(?P<keep>://[^:/@\s]*:)[^@\s]+(?=@)",
        # Headers.
        r"(?P<keep>\b(?:authorization|cookie|set-cookie|x-csrftoken)\b[\"']?\s*[:=]\s*)[^\r\n}]+",
        # Fields of forms, of JSON and of connection strings.
        r"(?P<keep>\b(?:[\w-]*password\d?|passwd|pwd|[\w-]*secret(?:[_-]\w+)?|[\w-]*token"
        r"|sessionid|api[_-]?key|secret[_-]?key|signature|x-amz-signature)\b[\"']?\s*[:=]\s*)"
        r"(?:\"[^\"]*\"|'[^']*'|[^\s\"',;&)}]+)",
        r"(?P<keep>\bbearer\s+)[\w.~+/=-]+",
        # A token of a pipeline, but for the part by which it is known again.
        r"(?P<keep>headroom_[0-9a-f]{8}_)[0-9a-f]{16,}",
        # An access key of AWS.
        r"(?P<keep>)\b(?:AKIA|ASIA)[A-Z0-9]{16}\b",
    )
)


def scrub(text: str) -> str:
    """Return the text with everything that looks like a secret hidden."""
    for value in (*_known_secrets(), *_database_password()):
        text = text.replace(value, HIDDEN)
    for pattern in PATTERNS:
        text = pattern.sub(rf"\g<keep>{HIDDEN}", text)
    return text


def _database_password() -> list[str]:
    # It changes while the process lives.
    value = os.environ.get("PGPASSWORD", "")
    return [value] if len(value) >= SHORTEST_SECRET else []


@cache
def _known_secrets() -> tuple[str, ...]:
    values = [
        settings.SECRET_KEY,
        *settings.SECRET_KEY_FALLBACKS,
        settings.EMAIL_HOST_PASSWORD,
        settings.BACKUP_KEY,
        *(str(database.get("PASSWORD") or "") for database in settings.DATABASES.values()),
    ]
    # The longest first: one may be a part of another.
    return tuple(
        sorted((v for v in values if len(v) >= SHORTEST_SECRET), key=lambda v: (-len(v), v))
    )
