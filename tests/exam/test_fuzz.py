"""Five thousand templates with something wrong: no crash, no hang, no memory without end."""

from __future__ import annotations

import json
import subprocess
import sys

from tests.exam.templates import FOLDER, needs_corpus

COUNT = 5_000


@needs_corpus
def test_no_mutated_template_is_an_error() -> None:
    # A process of its own, since the memory that one ever had cannot be taken back.
    command = [sys.executable, "-m", "tests.engine.formats.fuzzing", str(COUNT), str(FOLDER)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=600)

    assert done.returncode == 0, done.stderr[-2000:]
    seen = json.loads(done.stdout)
    assert seen["templates"] >= COUNT
    assert 0.05 * COUNT < seen["read"] < COUNT  # Mutations leave some whole, and break some.
    assert seen["worst_s"] < 2.0
    assert seen["peak_mb"] < 256
