"""The usage file of a command → a scenario that knows it, and a design that warns of the rest."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from apps.engine.facts import Facts
from apps.engine.forecast.known_usage import with_usage
from apps.engine.formats import UnreadableInput
from apps.engine.formats.infracost_file import MAX_BYTES, UsageFile, read_usage_file
from apps.engine.graph import Architecture
from apps.engine.traffic.scenario import Scenario
from apps.forecasts.shown_paths import shown_path


def usage_at(path: Path) -> UsageFile:
    """Return what a usage file says. Raises UnreadableInput."""
    name = shown_path(str(path))
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        reason = (error.strerror or "it cannot be read").lower()
        raise UnreadableInput(f"The usage file cannot be opened: {reason}.", name) from error
    return read_usage_file(data, name)


def knowing(
    design: Architecture, scenario: Scenario, facts: Facts, usage: UsageFile | None
) -> tuple[Architecture, Scenario]:
    """Return a design and a scenario with what a usage file says of them."""
    if usage is None:
        return design, scenario
    scenario, warnings = with_usage(design, scenario, facts, usage)
    return replace(design, warnings=(*warnings, *design.warnings)), scenario
