"""What pages do with a scenario: change one value, offer events, show the load that it makes."""

from __future__ import annotations
