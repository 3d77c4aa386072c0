"""The FILE… arguments of a command → what they describe."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from apps.engine import formats
from apps.engine.formats import UnreadableInput
from apps.engine.formats.archive import MAX_FILE_BYTES, MAX_FILES, MAX_TOTAL_BYTES, is_zip, unpack
from apps.engine.graph import Architecture
from apps.forecasts.configuration_files import with_configuration

# A path such as `statemachine/order.asl.json` anywhere in a template's text.
_NAMED_FILE = re.compile(rb"[\w./-]+\.(?:ya?ml|json|template|graphql|txt)\b")


def read_paths(paths: Sequence[Path]) -> Architecture:
    """Return what files on disk describe, with the files that they name. Raises UnreadableInput."""
    return formats.read(files_at(paths))


def files_at(paths: Sequence[Path]) -> dict[str, bytes]:
    """Return files on disk, zips opened, the named ones first. Raises UnreadableInput.

    What a single template names comes along from below its folder, and with a file of Terraform
    the module that it is a part of.
    """
    paths = [found for path in paths for found in with_configuration(path)]
    given = {str(path): _read(path) for path in paths}
    if any(is_zip(data) for data in given.values()):
        return unpack(given)
    files = {_name(path): given[str(path)] for path in paths}
    if len(paths) == 1:
        files |= _named_beside(paths[0], files)
    return files


def _name(path: Path) -> str:
    return path.as_posix()


def _read(path: Path) -> bytes:
    try:
        if path.is_dir():
            raise UnreadableInput("This is a directory; give its template file.", str(path))
        with path.open("rb") as file:
            # One byte more than is allowed tells a file that is too large.
            return file.read(MAX_TOTAL_BYTES + 1)
    except OSError as error:
        reason = (error.strerror or "it cannot be read").lower()
        raise UnreadableInput(f"The file cannot be opened: {reason}.", str(path)) from error


def _named_beside(template: Path, files: dict[str, bytes]) -> dict[str, bytes]:
    """Return the files below the template's folder that it names, and those that they name."""
    found: dict[str, bytes] = {}
    todo = list(files.values())
    base = template.parent
    while todo and len(found) < MAX_FILES:
        for location in _locations(todo.pop()):
            key = _name(base / location)
            path = _find(base, base / "sidecars" / template.stem, location)
            if path is None or key in found or key in files:
                continue
            found[key] = _read(path)
            todo.append(found[key])
    return found


def _locations(data: bytes) -> Iterator[str]:
    for match in dict.fromkeys(_NAMED_FILE.findall(data[:MAX_FILE_BYTES])):
        yield match.decode("ascii", "ignore").removeprefix("./")


def _find(base: Path, sidecars: Path, location: str) -> Path | None:
    for folder in (base, sidecars):
        path = (folder / location).resolve()
        is_below = path.is_relative_to(folder.resolve())
        if is_below and path.is_file() and path.stat().st_size <= MAX_FILE_BYTES:
            return path
    return None
