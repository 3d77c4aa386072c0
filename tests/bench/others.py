"""The other simulators, measured in their own environment during the same run."""

from __future__ import annotations

import functools
import json
import subprocess
from pathlib import Path

FOLDER = Path(__file__).resolve().parent
PYTHON = FOLDER.parents[1] / ".venv-bench" / "bin" / "python"


@functools.cache
def rates() -> dict[str, float]:
    """Return requests per CPU second by simulator and case; empty where none is installed."""
    if not PYTHON.exists():
        return {}
    done = subprocess.run(
        [PYTHON, FOLDER / "yardsticks.py"], capture_output=True, text=True, check=True, timeout=600
    )
    result: dict[str, float] = json.loads(done.stdout)
    return result
