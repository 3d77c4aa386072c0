"""The formats that a design can be given back in. A new one is a module and a line here."""

from __future__ import annotations

from apps.forecasts.exporting import frameworks, reports, templates, terraform, usage
from apps.forecasts.exporting.base import CannotExport, Exported, Exporter, ExportRequest

EXPORTERS: tuple[Exporter, ...] = (
    *templates.EXPORTERS,
    *terraform.EXPORTERS,
    *frameworks.EXPORTERS,
    *reports.EXPORTERS,
    *usage.EXPORTERS,
)  # fmt: skip
BY_NAME = {exporter.name: exporter for exporter in EXPORTERS}


def export(request: ExportRequest, name: str) -> Exported:
    """Return a design in a format. Raises CannotExport."""
    exporter = BY_NAME[name]
    reason = exporter.why_not(request)
    if reason:
        raise CannotExport(reason)
    return exporter.write(request)
