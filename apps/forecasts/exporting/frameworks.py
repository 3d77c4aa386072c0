"""Files of the Serverless Framework and of Zappa: changed in place, or written anew."""

from __future__ import annotations

from collections.abc import Callable

from apps.engine.formats.framework_export import (
    SERVERLESS,
    ZAPPA,
    export_frameworks,
    framework_of,
)
from apps.engine.formats.serverless.snippet import snippet
from apps.engine.formats.zappa.keys import zappa_keys
from apps.engine.graph import Architecture
from apps.forecasts.exporting.base import (
    CannotExport,
    Exported,
    Exporter,
    ExportRequest,
    given_back,
)

NO_FUNCTION = "The design has no Lambda function."
Writer = Callable[[Architecture, str], tuple[str, tuple[str, ...]]]


def _write(request: ExportRequest, framework: str, file: str, anew: Writer) -> Exported:
    """Return the files as they were read, the changes made; new ones for another format."""
    if framework_of(request.files) == framework:
        return given_back(request, export_frameworks(request.files, request.changes))
    text, notes = anew(request.architecture, request.name)
    if not text:
        raise CannotExport(NO_FUNCTION)
    return Exported({file: text.encode()}, file, notes)


def write_serverless(request: ExportRequest) -> Exported:
    return _write(request, SERVERLESS, "serverless.yml", snippet)


def write_zappa(request: ExportRequest) -> Exported:
    return _write(
        request, ZAPPA, "zappa_settings.json", lambda architecture, _: zappa_keys(architecture)
    )


def why_not_serverless(request: ExportRequest) -> str:
    return _why_not(request, SERVERLESS)


def why_not_zappa(request: ExportRequest) -> str:
    return _why_not(request, ZAPPA)


def _why_not(request: ExportRequest, framework: str) -> str:
    kinds = {component.kind for component in request.architecture}
    is_known = "lambda_function" in kinds or framework_of(request.files) == framework
    return "" if is_known else NO_FUNCTION


EXPORTERS = (
    Exporter(
        SERVERLESS,
        "Serverless Framework",
        "The serverless.yml as it was read, with the changed lines changed; for another design "
        "the keys that scale its functions and resources.",
        write_serverless,
        why_not_serverless,
    ),
    Exporter(
        ZAPPA,
        "Zappa",
        "The settings of Zappa as they were read, with the changed lines changed; for another "
        "design the keys of zappa_settings.json.",
        write_zappa,
        why_not_zappa,
    ),
)
