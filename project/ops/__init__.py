"""What runs around every request and beside the product: logs, limits, gates, backups."""

from __future__ import annotations
