"""Settings to collect the static files that the stages on AWS refer to."""

from __future__ import annotations

import os
from pathlib import Path

from project.settings import *  # noqa: F403  All but the folder.

STATIC_ROOT = Path(os.environ["STATIC_FOLDER"])
