"""A forecast as one HTML file that needs nothing else, and its design as one SVG file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.template.loader import render_to_string
from django.utils.safestring import mark_safe

from apps.engine.graph import Architecture
from apps.forecasts.baseline import Baseline
from apps.forecasts.presenting import Directory, report_of
from apps.forecasts.presenting.diagram import diagram_of
from apps.forecasts.rendering import comparison
from apps.forecasts.rendering.parts import (
    as_xml,
    diagram_style,
    page_style,
    style_hash,
    with_glyphs,
)

_MOST_LINES = 12
_SVG = "http://www.w3.org/2000/svg"


def as_page(
    summary: Mapping[str, Any],
    architecture: Architecture,
    name: str,
    baseline: Baseline | None = None,
    changes: Sequence[str] | None = None,
) -> str:
    """Return the report as a file: both themes, no script, no address that must be reached."""
    names, style = Directory(architecture), page_style()
    context = {
        "name": name,
        "style": mark_safe(style),  # noqa: S308  Our own file.  # nosec B308 B703
        "style_hash": style_hash(style),
        "report": report_of(summary, names),
        "diagram": diagram_of(names, summary=summary),
        "baseline": baseline,
        "differences": changes,
    }
    if baseline is not None:
        context["rows"] = comparison.rows(baseline, summary)
        context["notes"] = list(comparison.notes(baseline, summary))
        context["lines"] = comparison.lines(baseline, summary)[:_MOST_LINES]
    return with_glyphs(render_to_string("forecasts/file/report.html", context))


def as_picture(architecture: Architecture, summary: Mapping[str, Any] | None = None) -> str:
    """Return the diagram as a file of its own; without a summary nothing has a use."""
    diagram = diagram_of(Directory(architecture), summary=summary)
    drawn = render_to_string("forecasts/file/diagram.svg", {"diagram": diagram})
    head, _, rest = drawn.strip().partition("<svg ")
    opening, _, body = rest.partition(">")
    style = f"<style>{diagram_style()}</style>"
    text = f'{head}<svg xmlns="{_SVG}" {opening}>{style}{body}'
    return as_xml(with_glyphs(text))
