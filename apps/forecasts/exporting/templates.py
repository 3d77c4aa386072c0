"""The templates that a design was read from, with the changed settings in their lines."""

from __future__ import annotations

from apps.engine.formats.cloudformation.export import export_templates
from apps.engine.formats.cloudformation.export.languages import SAM, language_of
from apps.forecasts.exporting.base import Exported, Exporter, ExportRequest

FORMAT = "cloudformation"
DRAWN = "The design was not read from a CloudFormation or SAM template."
PLAIN = "The template is plain CloudFormation, without the SAM transform; export it as that."


def write(request: ExportRequest) -> Exported:
    """Return the templates, only the lines changed that must change."""
    export = export_templates(request.files, request.changes)
    changed = [name for name, data in export.files.items() if data != request.files[name]]
    asked = list(dict.fromkeys([*(request.given or request.files), *changed]))
    main = asked[0] if len(asked) == 1 else ""
    return Exported(export.files, main, export.notes, export.refused)


def why_not(request: ExportRequest) -> str:
    return "" if language_of(request.files) else DRAWN


def why_not_sam(request: ExportRequest) -> str:
    language = language_of(request.files)
    if language == SAM:
        return ""
    return PLAIN if language else DRAWN


EXPORTERS = (
    Exporter(
        FORMAT,
        "CloudFormation",
        "The template as it was read, with the changed lines changed and no others. SAM stays SAM.",
        write,
        why_not,
    ),
    Exporter(
        "sam",
        "AWS SAM",
        "The SAM template as it was read, with the changed lines changed and no others.",
        write,
        why_not_sam,
    ),
)
