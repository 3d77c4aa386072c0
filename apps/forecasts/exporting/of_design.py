"""A design of a team as every format is given it, and what is sent of it."""

from __future__ import annotations

import io
import posixpath
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass

from apps.designs.actions import ZIP_EPOCH
from apps.designs.models import Design
from apps.designs.originals import Original, changed_settings, original_of, other_changes
from apps.engine.formats.archive import is_zip
from apps.forecasts.exporting.base import Exported, ExportRequest


@dataclass(frozen=True, slots=True)
class DesignExport:
    """A design with what it was read from, and what no template can be told of it."""

    request: ExportRequest
    original: Original | None = None
    left_out: tuple[str, ...] = ()


def of_design(design: Design) -> DesignExport:
    """Return what a design is exported from. Raises UnreadableInput."""
    now = design.latest().architecture()
    original = original_of(design)
    if original is None:
        return DesignExport(ExportRequest(design.name, now))
    read = original.read.architecture()
    request = ExportRequest(design.name, now, original.files, changed_settings(read, now))
    return DesignExport(request, original, tuple(other_changes(read, now)))


def packed(exported: Exported, name: str, original: Original | None) -> tuple[str, bytes]:
    """Return the one file to send: a zip of several, and in a zip what came in one."""
    if original is not None and exported.files.keys() == original.files.keys():
        content = bytes(original.upload.content)
        if is_zip(content):
            return original.upload.name, _repacked(content, exported.files)
    if len(exported.files) == 1:
        ((path, data),) = exported.files.items()
        return posixpath.basename(path), data
    return f"{name}.zip", _zipped(exported.files)


def _repacked(content: bytes, files: Mapping[str, bytes]) -> bytes:
    """Return a zip with the files in place of its own; what is not read stays as it is."""
    buffer = io.BytesIO()
    is_changed = False
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(buffer, "w") as new:
        for member in old.infolist():
            before = old.read(member)
            after = files.get(member.filename, before)
            is_changed = is_changed or after != before
            new.writestr(member, after, compress_type=member.compress_type)
    return buffer.getvalue() if is_changed else content


def _zipped(files: Mapping[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, data in files.items():
            archive.writestr(zipfile.ZipInfo(path, ZIP_EPOCH), data)
    return buffer.getvalue()
