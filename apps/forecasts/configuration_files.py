"""A folder of Terraform on disk → its files, those of its local modules, and what they name."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

from apps.engine.formats.archive import MAX_FILE_BYTES, MAX_FILES

SUFFIX = ".tf"
_OWN = ("*.tf", "terraform.tfvars", "*.auto.tfvars")
_MODULE = re.compile(r'^\s*source\s*=\s*"(\.\.?/[^"$]*|\.\.?)"', re.M)
# A file that an expression reads: "${path.module}/flow.asl.json".
_READ = re.compile(
    r'"(?:\$\{path\.(?:module|root)\}/)?([\w./-]+\.(?:json|ya?ml|tpl|tftpl|graphql|txt))"'
)


def with_configuration(path: Path) -> list[Path]:
    """Return a path, and for a folder or a file of Terraform all that belongs to it."""
    if path.is_dir():
        return list(_files_of(path)) or [path]
    if path.name.endswith(SUFFIX) and path.is_file():
        others = (found for found in _files_of(path.parent) if found != path)
        return [path, *others]
    return [path]


def _files_of(folder: Path) -> Iterator[Path]:
    """Yield the files of a module and of those that it takes in, each once."""
    seen: set[Path] = set()
    todo = [folder]
    count = 0
    while todo and count < MAX_FILES:
        current = todo.pop(0)
        own = sorted({found for pattern in _OWN for found in current.glob(pattern)})
        fresh = [found for found in own if found not in seen and found.is_file()]
        for found in (*fresh, *_named_in(fresh, current, seen)):
            seen.add(found)
            count += 1
            yield found
        sources = (match for found in fresh for match in _MODULE.findall(_text(found)))
        todo += [Path(os.path.normpath(current / source)) for source in dict.fromkeys(sources)]


def _named_in(files: list[Path], folder: Path, seen: set[Path]) -> list[Path]:
    named = (name for found in files for name in _READ.findall(_text(found)))
    paths = (Path(os.path.normpath(folder / name)) for name in dict.fromkeys(named))
    return [path for path in paths if path.is_file() and path not in seen]


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > MAX_FILE_BYTES:
            return ""
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
