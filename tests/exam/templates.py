"""Templates of other people, beside the repository where they are present."""

from __future__ import annotations

from pathlib import Path

import pytest

CORPUS = Path(__file__).resolve().parents[3] / "shared" / "corpus"
FOLDER = CORPUS / "serverless-patterns"
needs_corpus = pytest.mark.skipif(not FOLDER.is_dir(), reason="The corpus is not present.")


def templates() -> list[Path]:
    return sorted(FOLDER.glob("*.yaml"))


def beside(path: Path) -> dict[str, bytes]:
    """Return a template and the files that it names, by the names by which it names them."""
    files = {path.name: path.read_bytes()}
    folder = FOLDER / "sidecars" / path.stem
    for other in sorted(folder.rglob("*")):
        if other.is_file():
            files[other.relative_to(folder).as_posix()] = other.read_bytes()
    return files
