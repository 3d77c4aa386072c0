"""Designs as Terraform: changed in the lines of their configuration, or as a module of its own."""

from __future__ import annotations

from apps.engine.formats.terraform.export import export_configuration, write_configuration
from apps.forecasts.exporting.base import Exported, Exporter, ExportRequest, given_back

FORMAT = "terraform"


def write(request: ExportRequest) -> Exported:
    """Return the configuration with its changed lines, or a module written anew."""
    if any(name.endswith(".tf") for name in request.files):
        return given_back(request, export_configuration(request.files, request.changes))
    export = write_configuration(request.architecture, request.name)
    return Exported(export.files, next(iter(export.files)), export.notes, export.refused)


EXPORTERS = (
    Exporter(
        FORMAT,
        "Terraform",
        "The .tf files as they were read, with the changed lines changed and no others; for a "
        "design of another origin a module with its resources, links and roles.",
        write,
    ),
)
