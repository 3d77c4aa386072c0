"""Single requests through a whole design: exact where the flows are only right on average."""

from __future__ import annotations
