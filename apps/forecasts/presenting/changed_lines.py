"""The lines of exported files that differ from those that were imported."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

# How many lines around a change tell where it stands.
AROUND = 3
# A template may be one line of 5 MB; a page shows the part of a line that changes.
LONGEST = 500


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a file; `sign` is - where it goes and + where it comes."""

    number: int
    sign: str
    text: str


@dataclass(frozen=True, slots=True)
class ChangedFile:
    """A file with the parts of it that change."""

    name: str
    parts: tuple[tuple[Line, ...], ...]

    @property
    def changed(self) -> int:
        """The number of lines that come or go."""
        return sum(line.sign != " " for part in self.parts for line in part)


def changed_files(before: Mapping[str, bytes], after: Mapping[str, bytes]) -> list[ChangedFile]:
    """Return the files that differ, in the order of the upload."""
    return [
        ChangedFile(name, tuple(_parts(_lines(before.get(name, b"")), _lines(data))))
        for name, data in after.items()
        if data != before.get(name)
    ]


def _lines(data: bytes) -> list[str]:
    return data.decode(errors="replace").splitlines()


def _parts(old: list[str], new: list[str]) -> Iterator[tuple[Line, ...]]:
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    for group in matcher.get_grouped_opcodes(AROUND):
        yield tuple(line for code in group for line in _of(code, old, new))


def _of(code: tuple[str, int, int, int, int], old: list[str], new: list[str]) -> Iterator[Line]:
    tag, start, end, new_start, new_end = code
    if tag == "equal":
        same = enumerate(old[start:end])
        yield from (Line(new_start + n + 1, " ", _shown(text, 0)) for n, text in same)
        return
    gone, come = old[start:end], new[new_start:new_end]
    # Lines that came in place of others differ somewhere; the rest is shown from its beginning.
    begins = [_first_difference(*pair) for pair in zip(gone, come, strict=False)]
    begins += [0] * abs(len(gone) - len(come))
    for sign, first, texts in (("-", start, gone), ("+", new_start, come)):
        for n, text in enumerate(texts):
            yield Line(first + n + 1, sign, _shown(text, begins[n]))


def _first_difference(before: str, after: str) -> int:
    pairs = enumerate(zip(before, after, strict=False))
    return next((n for n, (old, new) in pairs if old != new), min(len(before), len(after)))


def _shown(text: str, place: int) -> str:
    """Return a line, or of a long one the part around a place."""
    if len(text) <= LONGEST:
        return text
    begin = max(0, place - LONGEST // 2)
    end = begin + LONGEST
    return ("…" if begin else "") + text[begin:end] + ("…" if end < len(text) else "")
