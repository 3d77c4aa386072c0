"""How many users a design holds, what ends it first, and by which chain of causes."""

from __future__ import annotations
