"""Where the search for the most users ends: no product has more."""

from __future__ import annotations

from typing import Final

LIMIT_BEYOND: Final = 1e8
