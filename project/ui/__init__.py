"""What pages are made of: numbers in words, pictures as SVG, the diagram."""

from __future__ import annotations
