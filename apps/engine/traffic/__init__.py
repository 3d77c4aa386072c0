"""Users and their habits → requests a second at each entry, over one day."""

from __future__ import annotations
