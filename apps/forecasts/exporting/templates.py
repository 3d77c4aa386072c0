"""The templates that a design was read from, with the changed settings in their lines, or new."""

from __future__ import annotations

import posixpath
from collections.abc import Container
from dataclasses import replace
from itertools import count

from apps.engine.catalog.base import InvalidSetting
from apps.engine.formats.cloudformation.export import export_templates
from apps.engine.formats.cloudformation.export.languages import SAM, language_of
from apps.engine.formats.cloudformation.write import FILE, write_template
from apps.engine.formats.cloudformation.write.decisions import InvalidDecision
from apps.engine.formats.cloudformation.write.side_stack import scaling_stack
from apps.forecasts.exporting.base import (
    CannotExport,
    Exported,
    Exporter,
    ExportRequest,
    given_back,
)

FORMAT = "cloudformation"
SCALING_FILE = "scaling.yaml"
DRAWN = "The design was not read from a SAM template; as CloudFormation it is written anew."
PLAIN = "The template is plain CloudFormation, without the SAM transform; export it as that."


def write(request: ExportRequest) -> Exported:
    """Return the templates, only the lines changed that must change; a new one if none was read."""
    if not language_of(request.files):
        return _anew(request)
    exported = given_back(request, export_templates(request.files, request.changes))
    beside = scaling_stack(request.architecture, request.scaling, request.name)
    if not beside:
        return exported
    first = next(iter(request.given or exported.files))
    files = {**exported.files, _beside(first, exported.files): beside.encode()}
    return replace(exported, files=files, main="")


def _beside(main: str, taken: Container[str]) -> str:
    """Return the name of a new file in the folder of another."""
    stem, suffix = posixpath.splitext(posixpath.join(posixpath.dirname(main), SCALING_FILE))
    names = (f"{stem}{number or ''}{suffix}" for number in count())
    return next(name for name in names if name not in taken)


def _anew(request: ExportRequest) -> Exported:
    try:
        written = write_template(request.architecture, request.name, request.scaling)
    except (InvalidSetting, InvalidDecision) as error:
        raise CannotExport(str(error)) from error
    return Exported({FILE: written.text.encode()}, FILE, (*written.changes, *written.left_out))


def why_not_sam(request: ExportRequest) -> str:
    language = language_of(request.files)
    if language == SAM:
        return ""
    return PLAIN if language else DRAWN


EXPORTERS = (
    Exporter(
        FORMAT,
        "CloudFormation",
        "The template as it was read, with the changed lines changed and no others, and SAM stays "
        "SAM; for a design of another origin a template that deploys.",
        write,
    ),
    Exporter(
        "sam",
        "AWS SAM",
        "The SAM template as it was read, with the changed lines changed and no others.",
        write,
        why_not_sam,
    ),
)
