"""The scenario as a form: what a person types, and where the file keeps it."""

from __future__ import annotations
