"""Faults that a page offers to add, each as the scenario file writes it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Fault = Mapping[str, Any]
USUAL_AT = "20:20:00"
# The kinds of faults with their words, and what a new one is.
FAULTS: Mapping[str, tuple[str, Fault]] = {
    "slow": ("Slower than usual", {"kind": "slow", "for_s": 1200, "factor": 5}),
    "down": ("Down", {"kind": "down", "for_s": 600}),
    "zone": ("A zone is lost", {"kind": "zone", "for_s": 3600}),
    "instance": ("An instance is lost", {"kind": "instance", "for_s": 1200}),
    "poison": ("A poisoned message", {"kind": "poison", "factor": 1}),
    "cold_fleet": ("A cold fleet after a deployment", {"kind": "cold_fleet"}),
    "retry_storm": ("A retry storm", {"kind": "retry_storm", "for_s": 300, "factor": 5}),
}
# What each means, below its row.
HELP: Mapping[str, str] = {
    "slow": "Everything that it does itself takes so many times as long; a database does less.",
    "down": "It refuses whatever comes, at once. A queue keeps its messages and hands none over.",
    "zone": "A third of what stands in several zones is gone. A database with a copy elsewhere "
    "fails over; one without is gone for as long as the zone.",
    "instance": "A database or a cache loses its first instance; a copy takes over, "
    "where there is one.",
    "poison": "A message that always fails: it comes back until it has been received as often as "
    "the queue allows, and spoils its batch each time. In a stream its shard waits.",
    "cold_fleet": "No environment is kept: the next requests all start cold, as fast as AWS "
    "allows.",
    "retry_storm": "It is down, and users who are refused try so many times in all, on the "
    "whole of that day.",
}


def new_fault(kind: str) -> dict[str, Any]:
    """Return a fault of a kind as it is offered; an unknown kind is taken for a slow one."""
    _, fault = FAULTS.get(kind, FAULTS["slow"])
    return {"at": USUAL_AT, "component": "", **fault}
