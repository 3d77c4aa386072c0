"""What a design can be given back as, and the lines of its template that changed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from apps.accounts.http import UserRequest
from apps.designs.models import Design
from apps.designs.views.loading import visible
from apps.engine.formats import UnreadableInput
from apps.engine.formats.cloudformation.export.languages import language_of
from apps.engine.formats.framework_export import framework_of
from apps.engine.formats.keeping import starred_places
from apps.forecasts.exporting.base import CannotExport, Exporter
from apps.forecasts.exporting.of_design import DesignExport, of_design, packed
from apps.forecasts.exporting.registry import BY_NAME, EXPORTERS, export
from apps.forecasts.exporting.templates import FORMAT
from apps.forecasts.presenting.changed_lines import changed_files


@dataclass(frozen=True, slots=True)
class Offer:
    """A format, and why this design has no such file; empty where it has one."""

    exporter: Exporter
    why_not: str


@require_safe
def export_page(request: UserRequest, design_id: UUID) -> HttpResponse:
    design = visible(request, design_id)
    context: dict[str, Any] = {"design": design, "version": design.latest()}
    try:
        context |= _offered(of_design(design))
    except UnreadableInput as error:
        context["problem"] = str(error)
    return render(request, "forecasts/export.html", context)


@require_safe
def export_file(request: UserRequest, design_id: UUID, name: str) -> HttpResponse:
    """Send a design in a format, always as a download."""
    design = visible(request, design_id)
    if name not in BY_NAME:
        raise Http404(name)
    try:
        file, content = _packed(design, name)
    except (CannotExport, UnreadableInput) as error:
        messages.error(request, str(error))
        return redirect("forecasts:export", design.pk)
    disposition = content_disposition_header(as_attachment=True, filename=file)
    return HttpResponse(
        content,
        content_type="application/octet-stream",
        headers={"Content-Disposition": disposition or "attachment"},
    )


def _packed(design: Design, name: str) -> tuple[str, bytes]:
    prepared = of_design(design)
    exported = export(prepared.request, name)
    return packed(exported, design.name, prepared.original)


def _offered(prepared: DesignExport) -> dict[str, Any]:
    """Return the formats, and how the template changes where there is one."""
    asked = prepared.request
    offers = [Offer(exporter, exporter.why_not(asked)) for exporter in EXPORTERS]
    context: dict[str, Any] = {"offers": offers, "original": prepared.original}
    written_in = framework_of(asked.files) or (FORMAT if language_of(asked.files) else "")
    if not written_in or prepared.original is None:
        return context
    exported = export(asked, written_in)
    return context | {
        "files": changed_files(asked.files, exported.files),
        "notes": exported.notes,
        "secrets": "; ".join(starred_places(asked.files)),
        "left_out": [*exported.refused, *prepared.left_out],
        "since": prepared.original.read,
    }
