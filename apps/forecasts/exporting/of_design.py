"""A design of a team as every format is given it, and what is sent of it."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from django.utils import timezone

from apps.designs.models import Design
from apps.designs.originals import Original, changed_settings, original_of, other_changes
from apps.designs.packing import repacked, zipped
from apps.engine.forecast import Forecast, forecast
from apps.engine.formats.archive import is_zip
from apps.engine.traffic.reading import InvalidScenario
from apps.forecasts.actions import (
    NOT_RUNNABLE,
    DesignNotRunnable,
    facts_for,
    scenario_to_read,
)
from apps.forecasts.background import BeingForecast, answer_or_start, is_slow
from apps.forecasts.exporting.base import CannotExport, Exported, ExportRequest
from apps.forecasts.old_facts import with_old_facts

BEING_MADE = "The forecast of this design is being made; come back when it is done."
TOO_LARGE = "The design is too large to be worked out while you wait; manage.py export does it."


@dataclass(frozen=True, slots=True)
class DesignExport:
    """A design with what it was read from, and what no template can be told of it."""

    request: ExportRequest
    original: Original | None = None
    left_out: tuple[str, ...] = ()


def of_design(design: Design) -> DesignExport:
    """Return what a design is exported from. Raises UnreadableInput."""
    now = design.latest().architecture()
    request = ExportRequest(
        design.name, now, answer=partial(_answer, design), summary=partial(_summary, design)
    )
    original = original_of(design)
    if original is None:
        return DesignExport(request)
    read = original.read.architecture()
    request = replace(request, files=original.files, changes=changed_settings(read, now))
    return DesignExport(request, original, tuple(other_changes(read, now)))


def _summary(design: Design) -> dict[str, Any]:
    """Return the forecast of a design at its scenario. Raises CannotExport."""
    scenario, now = scenario_to_read(design).parsed(), timezone.now()
    try:
        facts = facts_for(scenario)
        made = answer_or_start(version=design.latest(), scenario=scenario, now=now, facts=facts)
    except BeingForecast as wait:
        raise CannotExport(BEING_MADE) from wait
    except (DesignNotRunnable, InvalidScenario) as error:
        raise CannotExport(str(error)) from error
    return with_old_facts(made.summary, facts, now.date())


def _answer(design: Design) -> Forecast:
    """Return the forecast with all that its JSON leaves out. Raises CannotExport."""
    architecture, scenario = design.latest().architecture(), scenario_to_read(design).parsed()
    if is_slow(architecture):
        raise CannotExport(TOO_LARGE)
    try:
        return forecast(architecture, scenario, facts_for(scenario))
    except (*NOT_RUNNABLE, DesignNotRunnable) as error:
        raise CannotExport(str(error)) from error


def packed(exported: Exported, name: str, original: Original | None) -> tuple[str, bytes]:
    """Return the one file to send: a zip of several, and in a zip what came in one."""
    if original is not None and exported.files.keys() == original.files.keys():
        content = bytes(original.upload.content)
        if is_zip(content):
            return original.upload.name, repacked(content, exported.files)
    if len(exported.files) == 1:
        ((path, data),) = exported.files.items()
        return posixpath.basename(path), data
    return f"{name}.zip", zipped(exported.files)
