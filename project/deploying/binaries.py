"""Would the compiled modules of the package load on Lambda?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from project.deploying.runtimes import GLIBC, Refused

ELF: Final = b"\x7fELF"
# The field e_machine of an ELF header.
MACHINES: Final = {b"\x3e\x00": "x86_64", b"\xb7\x00": "arm64"}
GLIBC_NEEDED: Final = re.compile(rb"GLIBC_(\d+)\.(\d+)")
MADE_FOR: Final = re.compile(r"\.cpython-(\d)(\d+)-")


def check_binaries(tree: Path, *, runtime: str, architecture: str) -> None:
    faults = [
        f"{path.relative_to(tree)} {fault}"
        for path in sorted(tree.rglob("*.so*"))
        for fault in faults_of(path, runtime=runtime, architecture=architecture)
    ]
    if faults:
        raise Refused(f"These would not load on {runtime}, {architecture}: {'; '.join(faults)}.")


def faults_of(path: Path, *, runtime: str, architecture: str) -> Iterator[str]:
    content = path.read_bytes()
    if not content.startswith(ELF):
        return
    machine = MACHINES.get(content[18:20], "another machine")
    if machine != architecture:
        yield f"is for {machine}"
    needed = max((int(a), int(b)) for a, b in GLIBC_NEEDED.findall(content) or [(0, 0)])
    if needed > GLIBC[runtime]:
        yield f"needs GLIBC {needed[0]}.{needed[1]}"
    made_for = MADE_FOR.search(path.name)
    if made_for and f"python{made_for[1]}.{made_for[2]}" != runtime:
        yield f"is for Python {made_for[1]}.{made_for[2]}"
