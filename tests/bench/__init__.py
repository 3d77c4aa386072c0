"""Long measurements, as ratios taken in one run; `make bench` runs them."""

from __future__ import annotations
