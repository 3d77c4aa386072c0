"""What a forecast says of a design: as a picture, as a page, as tables."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from apps.forecasts.exporting.base import CannotExport, Exported, Exporter, ExportRequest
from apps.forecasts.rendering.page import as_page, as_picture
from apps.forecasts.rendering.tables import as_tables
from apps.forecasts.shown_paths import with_shown_paths

NO_USERS = "Say how many users come: --users 10000, or --scenario FILE.json."
EMPTY = "The design has no components yet."


def write_picture(request: ExportRequest) -> Exported:
    """Return the diagram, with the use of each component where users are known."""
    summary = request.summary() if request.summary is not None else None
    name = f"{request.stem}.svg"
    return Exported({name: as_picture(request.architecture, summary).encode()}, name)


def write_page(request: ExportRequest) -> Exported:
    name = f"{request.stem}.html"
    shown = with_shown_paths(request.architecture, [Path(file) for file in request.files])
    page = as_page(_summary(request), shown, request.name)
    return Exported({name: page.encode()}, name)


def write_tables(request: ExportRequest) -> Exported:
    tables = as_tables(_summary(request))
    return Exported({name: text.encode() for name, text in tables.items()})


def _summary(request: ExportRequest) -> Mapping[str, Any]:
    if request.summary is None:
        raise CannotExport(NO_USERS)
    return request.summary()


def is_empty(request: ExportRequest) -> str:
    return "" if request.architecture.components else EMPTY


def lacks_users(request: ExportRequest) -> str:
    return is_empty(request) or ("" if request.summary is not None else NO_USERS)


EXPORTERS = (
    Exporter(
        "svg",
        "Diagram (SVG)",
        "The diagram as one picture for a document, in light and dark; with the use of each "
        "component at the users asked for.",
        write_picture,
        is_empty,
    ),
    Exporter(
        "html",
        "Report (HTML)",
        "The whole forecast as one file that needs nothing else, to send and to keep.",
        write_page,
        lacks_users,
    ),
    Exporter(
        "csv",
        "Tables (CSV)",
        "Every table of the forecast, all digits kept, one file each.",
        write_tables,
        lacks_users,
    ),
)
