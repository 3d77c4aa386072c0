"""Uploaded files as they are kept and sent: a zip of several, secrets written over."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Mapping

from apps.engine.formats.archive import is_zip, unpack
from apps.engine.formats.errors import UnreadableInput
from apps.engine.formats.keeping import changed_places, keepable

# The same files give the same bytes, and so the same sha256: a zip cannot be older than this.
_ZIP_EPOCH = (1980, 1, 1, 0, 0, 0)


def without_secrets(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return uploaded files as they may be kept, those in a zip among them."""
    kept = keepable({name: data for name, data in files.items() if not is_zip(data)})
    for name, data in files.items():
        if name not in kept:
            kept[name] = _zip_without_secrets(name, data)
    return {name: kept[name] for name in files}


def _zip_without_secrets(name: str, data: bytes) -> bytes:
    try:
        inside = unpack({name: data})
    except UnreadableInput:  # Whoever reads it says why, and it is not kept.
        return data
    kept = keepable(inside)
    if kept == inside:
        return data
    try:
        return repacked(data, kept)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, RuntimeError):
        return zipped(kept)  # What nothing here reads is damaged or encrypted.


def written_over(files: Mapping[str, bytes]) -> str:
    """Return a sentence on the secrets that are not kept of uploaded files; empty for none."""
    given = unpack(files)
    places = changed_places(given, unpack(without_secrets(files)))
    if not places:
        return ""
    return (
        f"Secrets are kept as stars: {'; '.join(places)}. An export has the stars too; "
        "put your own values back before you deploy it."
    )


def repacked(content: bytes, files: Mapping[str, bytes]) -> bytes:
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


def zipped(files: Mapping[str, bytes]) -> bytes:
    """Return one zip of files."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name, _ZIP_EPOCH), content)
    return buffer.getvalue()
