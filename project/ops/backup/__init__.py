"""Logical backups: every row as JSON, compressed and encrypted, for either database."""

from __future__ import annotations
