"""A forecast as text for a terminal, and as Markdown for a review."""

from __future__ import annotations
