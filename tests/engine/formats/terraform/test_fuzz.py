"""Whatever is wrong in a configuration, a plan or a state, it is read or refused."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from apps.engine import formats
from apps.engine.formats.keeping import keepable

DEMO = Path(__file__).parent / "demo"
CASES = 60
SEED = 20_260_101
PIECES = (
    *(b"{", b"}", b"[", b"]", b"(", b")", b'"', b"${", b"=", b"null", b"-1", b"1e9", b"for"),
    *(b"each.value", b"var.x", b"local.trust", b"module.notes", b"...", b"?", b"<<EOT\n", b"*"),
    *(b"\xff", b"\\u0000", b"count = 3\n", b'"references"', b"{}", b'"\\ud800"'),
)


def designs() -> Iterator[tuple[str, dict[str, bytes]]]:
    for path in sorted(DEMO.iterdir()):
        inside = sorted(path.rglob("*")) if path.is_dir() else [path]
        files = [file for file in inside if file.is_file()]
        yield path.name, {str(file.relative_to(DEMO)): file.read_bytes() for file in files}


def mutated(data: bytes, chance: random.Random) -> bytes:
    found = bytearray(data)
    for _ in range(chance.randint(1, 6)):
        at = chance.randrange(len(found) + 1)
        match chance.randrange(3):
            case 0:
                del found[at : at + chance.choice((1, 5, 40))]
            case 1:
                found[at:at] = chance.choice(PIECES)
            case _:
                other = chance.randrange(len(found) + 1)
                found[at:at] = found[other : other + chance.choice((5, 50, 400))]
    return bytes(found)


@pytest.mark.parametrize(
    ("name", "files"), list(designs()), ids=lambda x: x if type(x) is str else ""
)
def test_mutated_files_are_read_or_refused(name: str, files: dict[str, bytes]) -> None:
    chance = random.Random(f"{SEED} {name}")
    read = 0
    for _ in range(CASES):
        hit = chance.choice(sorted(files))
        given = {**files, hit: mutated(files[hit], chance)}
        keepable(given)
        try:
            json.dumps(formats.read(given).to_dict())
            read += 1
        except formats.UnreadableInput:
            continue
    assert read < CASES
