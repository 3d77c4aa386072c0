"""Decisions of scaling, as JSON, in a design that is to be given back."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from apps.engine.formats.cloudformation.export.check import with_changes
from apps.engine.formats.cloudformation.export.languages import language_of
from apps.engine.formats.cloudformation.write.beside import parted
from apps.engine.formats.cloudformation.write.decisions import (
    Decision,
    InvalidDecision,
    decisions_of,
)
from apps.engine.formats.cloudformation.write.scaling import settings_of
from apps.forecasts.exporting import templates
from apps.forecasts.exporting.base import CannotExport, Changes, ExportRequest
from apps.forecasts.json_objects import NotAnObject, json_object_at


def scaled(request: ExportRequest, file: Path, name: str) -> ExportRequest:
    """Return a design with the decisions of a JSON file for a format. Raises CannotExport."""
    try:
        said = json_object_at(file, "a file of decisions")
        decisions = decisions_of(request.architecture, said)
        if name not in (templates.FORMAT, "sam"):
            return _as_settings(request, decisions)
        if not language_of(request.files):
            return replace(request, scaling=decisions)
        changes, beside = parted(request.architecture, decisions)
    except NotAnObject as error:
        raise CannotExport(str(error)) from error
    except InvalidDecision as error:
        raise CannotExport(f"{file}: {error}") from error
    return replace(_changed(request, changes), scaling=beside)


def _as_settings(request: ExportRequest, decisions: tuple[Decision, ...]) -> ExportRequest:
    """Return the design with what other formats can say: the settings of its components."""
    for decision in decisions:
        if decision.schedules or not settings_of(request.architecture, [decision]):
            raise CannotExport(
                f"{decision.component}: only a CloudFormation template holds schedules and the "
                f"scaling of '{decision.dimension}'; export it with --to cloudformation."
            )
    return _changed(request, settings_of(request.architecture, decisions))


def _changed(request: ExportRequest, changes: Changes) -> ExportRequest:
    merged = {id_: dict(settings) for id_, settings in request.changes.items()}
    for id_, settings in changes.items():
        merged.setdefault(id_, {}).update(settings)
    return replace(
        request, architecture=with_changes(request.architecture, changes), changes=merged
    )
