from __future__ import annotations

import re
from math import fsum
from typing import Final

from apps.engine.facts import ColdStart, weakest
from apps.facts.rows import Row, read_rows

_COLUMNS: Final = (
    "runtime package arch memory_mb init_ms_p50 init_ms_p90 init_ms_p99 source_url source_date "
    "confidence"
)
_CONFIDENCE: Final = {word: word for word in ("seen", "estimate", "memory")}
_PACKAGES: Final = {"zip": "zip", "image": "image"}
_ARCHITECTURES: Final = {"x86_64": "x86_64", "arm64": "arm64"}


def read_cold_starts(file: str, text: str) -> tuple[ColdStart, ...]:
    """Read measured initialisations; raises `BadFact`.

    Notes
    -----
    An empty function initialises as fast with 128 MB as with 1,024 MB, so that the memory
    sizes are samples of the same thing and are averaged.
    """
    groups: dict[tuple[str, str, str], list[Row]] = {}
    seen: set[tuple[str, ...]] = set()
    for row in read_rows(file, text, _COLUMNS):
        package, arch = row.word("package", _PACKAGES), row.word("arch", _ARCHITECTURES)
        sample = (row.text("runtime"), package, arch, row.text("memory_mb"))
        if sample in seen:
            raise row.bad(f"{', '.join(sample)} MB stands here twice.")
        seen.add(sample)
        groups.setdefault((aws_name(row.text("runtime")), package, arch), []).append(row)
    return tuple(_cold_start(key, rows) for key, rows in groups.items())


def aws_name(runtime: str) -> str:
    """Return a runtime as Lambda writes it; the measurements leave the dots out.

    Examples
    --------
    >>> aws_name("python312"), aws_name("nodejs22x"), aws_name("java8_al2"), aws_name("java21")
    ('python3.12', 'nodejs22.x', 'java8.al2', 'java21')
    """
    if match := re.fullmatch(r"(python|ruby)(\d)(\d+)", runtime):
        return f"{match[1]}{match[2]}.{match[3]}"
    if match := re.fullmatch(r"(nodejs\d+)x", runtime):
        return f"{match[1]}.x"
    return "java8.al2" if runtime == "java8_al2" else runtime


def _cold_start(key: tuple[str, str, str], rows: list[Row]) -> ColdStart:
    p50, p90, p99 = (
        round(fsum(row.number(f"init_ms_{name}") for row in rows) / len(rows), 1)
        for name in ("p50", "p90", "p99")
    )
    if not p50 <= p90 <= p99:
        raise rows[0].bad(f"the percentiles {p50}, {p90} and {p99} ms do not rise.")
    return ColdStart(
        *key,
        init_ms_p50=p50,
        init_ms_p90=p90,
        init_ms_p99=p99,
        source_url=rows[0].text("source_url"),
        source_date=rows[0].cells["source_date"],
        confidence=weakest(row.word("confidence", _CONFIDENCE) for row in rows),
    )
