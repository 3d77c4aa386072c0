from __future__ import annotations

from apps.forecasts.presenting.changed_lines import Line, changed_files


def lines_of(before: bytes, after: bytes) -> list[Line]:
    (file,) = changed_files({"t.json": before}, {"t.json": after})
    return [line for part in file.parts for line in part]


def test_changed_line_stands_between_those_around_it() -> None:
    assert lines_of(b"a\nb\nc\n", b"a\nB\nc\n") == [
        Line(1, " ", "a"),
        Line(2, "-", "b"),
        Line(2, "+", "B"),
        Line(3, " ", "c"),
    ]


def test_of_a_long_line_the_part_that_changes_is_shown() -> None:
    """A template may be one line of JSON, and a page must not hold it twice."""
    around = b"x" * 2_000_000
    gone, come = lines_of(around + b"[128]" + around, around + b"[1024]" + around)

    assert "[128]" in gone.text
    assert "[1024]" in come.text
    assert len(gone.text) < 600
    assert gone.text.startswith("…")
    assert gone.text.endswith("…")


def test_long_line_that_is_new_or_the_same_is_shown_from_its_beginning() -> None:
    long = b"begin" + b"x" * 10_000

    (new,) = lines_of(b"", long)
    same, _, _ = lines_of(long + b"\na", long + b"\nb")

    assert new.text.startswith("begin")
    assert same.text.startswith("begin")
    assert max(len(new.text), len(same.text)) < 600
