"""What the users make of each component in a month, as an Infracost usage file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import yaml

from apps.engine.catalog.base import Usage
from apps.engine.formats.infracost import nested
from apps.engine.formats.infracost_file import VERSION
from apps.engine.formats.infracost_out import told_of
from apps.forecasts.exporting.base import CannotExport, Exported, Exporter, ExportRequest
from apps.forecasts.exporting.reports import NO_USERS, lacks_users

NAME = "infracost-usage.yml"
# A bill counts to the millionth of a unit, and a duration is multiplied by many calls.
_PLACES = 9
_MOST_NOTES = 20
ROUNDED = "Durations stand in whole milliseconds, as such a file takes no others."


def write(request: ExportRequest) -> Exported:
    """Return the usage of each component, and a note for each line that has no key."""
    if request.answer is None:
        raise CannotExport(NO_USERS)
    answer = request.answer()
    resources: dict[str, Any] = {}
    notes: list[str] = []
    is_rounded = False
    for component in request.architecture.modelled():
        kind, meters = answer.inputs.kinds[component.id], answer.day.meters[component.id]
        told = told_of(component.id, kind, meters)
        for address, usage in told.usage.items():
            resources.setdefault(address, {}).update(nested(_rounded(usage)))
        if told.left_out:
            notes.append(f"{component.id}: no usage key stands for {_labels(told.left_out)}.")
        is_rounded = is_rounded or bool(told.rounded)
    more = len(notes) - _MOST_NOTES
    shown = notes[:_MOST_NOTES] + ([f"And of {more} more components."] if more > 0 else [])
    if is_rounded:
        shown.append(ROUNDED)
    body = f"version: {VERSION}\n" + yaml.safe_dump(
        {"resource_usage": resources}, sort_keys=False, allow_unicode=True
    )
    return Exported({NAME: body.encode()}, NAME, tuple(shown))


def _labels(lines: Iterable[Usage]) -> str:
    return ", ".join(dict.fromkeys(line.label for line in lines))


def _rounded(usage: Mapping[str, float]) -> dict[str, float | int]:
    """Return whole numbers as such: most keys of such a file take no others."""
    rounded = {key: round(value, _PLACES) for key, value in usage.items()}
    return {key: int(value) if value.is_integer() else value for key, value in rounded.items()}


EXPORTERS = (
    Exporter(
        "infracost-usage",
        "Infracost usage",
        "What the users make of each resource in a month, for infracost --usage-file.",
        write,
        lacks_users,
    ),
)
