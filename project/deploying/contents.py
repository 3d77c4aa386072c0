"""What enters the package: files that are named here, and nothing that happens to be installed."""

from __future__ import annotations

import importlib.metadata
import re
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent.parent
REQUIREMENTS: Final = ROOT / "requirements.txt"
FOLDERS: Final = ("apps", "project", "templates")
# The runtime brings boto3 itself; it would be a third of the package.
OF_THE_RUNTIME: Final = frozenset(
    {"boto3", "botocore", "jmespath", "python-dateutil", "s3transfer", "six", "urllib3"}
)
# Of Zappa and what it needs: the handler's part.
OF_ZAPPA: Final = ("zappa", "Werkzeug", "MarkupSafe", "durationpy")
ZAPPA_MODULES: Final = frozenset(
    {"__init__", "asgi", "asynchronous", "middleware", "utilities", "websocket", "wsgi"}
)
# Made in building, or only of use to who builds.
OURS_LEFT_OUT: Final = ("project/deploying/*", "project/management/commands/run_home.py")
SUFFIXES_LEFT_OUT: Final = frozenset({".a", ".c", ".h", ".pxd", ".pyc", ".pyi", ".pyx"})
FOLDERS_LEFT_OUT: Final = frozenset({"__pycache__", "static", "tests"})
THEIRS_LEFT_OUT: Final = ("django/contrib/gis/", "numpy/f2py/", "numpy/_core/include/")


def our_files() -> Iterator[tuple[Path, PurePosixPath]]:
    """Yield what is ours: the file, and its place in the package."""
    for folder in FOLDERS:
        for path in sorted((ROOT / folder).rglob("*")):
            place = PurePosixPath(path.relative_to(ROOT).as_posix())
            if path.is_file() and "__pycache__" not in place.parts and not _is_for_home(place):
                yield path, place


def their_files() -> Iterator[tuple[Path, PurePosixPath]]:
    """Yield the files of the distributions that the application needs, as installed here."""
    for name in distributions():
        for file in importlib.metadata.files(name) or ():
            place = PurePosixPath(file.as_posix())
            if _is_needed(place):
                yield Path(str(file.locate())), place


def distributions() -> list[str]:
    pinned = re.findall(r"^([\w.-]+)==", REQUIREMENTS.read_text(), re.MULTILINE)
    return [name for name in pinned if name.lower() not in OF_THE_RUNTIME] + list(OF_ZAPPA)


def _is_for_home(place: PurePosixPath) -> bool:
    return any(place.match(pattern) for pattern in OURS_LEFT_OUT)


def _is_needed(place: PurePosixPath) -> bool:
    """Tell whether a file of a distribution is for running it in English."""
    if ".." in place.parts or place.suffix in SUFFIXES_LEFT_OUT:
        return False
    if FOLDERS_LEFT_OUT.intersection(place.parts) or str(place).startswith(THEIRS_LEFT_OUT):
        return False
    if place.parts[0].endswith(".dist-info"):
        return place.name == "METADATA"  # Some ask for their own version.
    if place.parts[0] == "zappa":
        return len(place.parts) == 2 and place.stem in ZAPPA_MODULES
    return _is_english(place)


def _is_english(place: PurePosixPath) -> bool:
    if "locale" not in place.parts[:-1]:
        return True
    below = place.parts[place.parts.index("locale") + 1]
    return below in ("en", "__init__.py")
