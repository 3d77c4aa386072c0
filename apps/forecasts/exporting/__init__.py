"""What a design can be given back as: one module for a format, and a table of them."""

from __future__ import annotations
