"""The day as flows: every stage steps through it, in steps as fine as the moment needs."""

from __future__ import annotations
