"""Templates of other people, beside the repository where they are present."""

from __future__ import annotations

from pathlib import Path

import pytest

CORPUS = Path(__file__).resolve().parents[3] / "shared" / "corpus"
FOLDER = CORPUS / "serverless-patterns"
needs_corpus = pytest.mark.skipif(not FOLDER.is_dir(), reason="The corpus is not present.")


def templates() -> list[Path]:
    return sorted(FOLDER.glob("*.yaml"))
