"""The runtimes that Headroom deploys on, and a Python on this machine to build for each.

    python -m project.deploying.runtimes python3.13

prints the path of such a Python, or says how to get one.

References
----------
https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html
https://docs.aws.amazon.com/linux/al2023/ug/glibc-gcc-and-binutils.html
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

# The newest GLIBC that a wheel may ask for: both runtimes are Amazon Linux 2023.
GLIBC: Final = {"python3.12": (2, 34), "python3.13": (2, 34)}


class Refused(Exception):
    """This cannot work on AWS; the text says why, and what to do."""


def check_runtime(runtime: str) -> None:
    if runtime == "python3.11":
        raise Refused(
            "Lambda's python3.11 has no SnapStart, and its GLIBC 2.26 is too old for NumPy. "
            "Use python3.13 or python3.12."
        )
    if runtime not in GLIBC:
        raise Refused(f"Headroom runs on {' or '.join(GLIBC)}, not on {runtime}.")


def find_python(runtime: str) -> Path:
    """Return an interpreter of exactly this minor version, from the PATH or from pyenv."""
    check_runtime(runtime)
    for path in _candidates(runtime):
        if _version(path) == runtime:
            return path
    minor = runtime.removeprefix("python")
    raise Refused(
        f"No Python {minor} was found on the PATH or in pyenv. The package must be built by the "
        f"Python that runs it: install it with `pyenv install {minor}` or from the system's "
        f"packages ({runtime} and {runtime}-venv), or name another with RUNTIME=…"
    )


def _candidates(runtime: str) -> Iterator[Path]:
    # A shim of pyenv is there for versions too that are not switched on, and then fails.
    on_path = shutil.which(runtime)
    if on_path:
        yield Path(on_path)
    minor = runtime.removeprefix("python")
    root = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    yield from sorted((root / "versions").glob(f"{minor}.*/bin/{runtime}"), reverse=True)


def _version(path: Path) -> str:
    code = "import sys; print('python%d.%d' % sys.version_info[:2])"
    asked = subprocess.run(  # noqa: S603  An interpreter that was just found.  # nosec B603
        [path, "-I", "-c", code], capture_output=True, text=True, check=False
    )
    return asked.stdout.strip()


def main() -> None:
    try:
        sys.stdout.write(f"{find_python(sys.argv[1])}\n")
    except Refused as refusal:
        sys.exit(str(refusal))


if __name__ == "__main__":
    main()
