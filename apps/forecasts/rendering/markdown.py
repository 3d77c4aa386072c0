"""A forecast as Markdown for a review: a short table first, then everything else folded."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from apps.forecasts.baseline import Baseline
from apps.forecasts.rendering import comparison, faults, folded, words
from apps.forecasts.rendering.escaping import plain

# A comment on GitHub takes 65,536 characters.
MOST_BYTES = 60_000
# By this a pipeline finds the comment that it wrote before.
MARK = "<!-- headroom-forecast -->"
# So many changes stand in sight; the others are folded.
_IN_SIGHT = 8


def as_markdown(
    summary: dict[str, Any],
    places: Mapping[str, str] = {},
    baseline: Baseline | None = None,
    changes: Sequence[str] | None = None,
) -> str:
    """Return the verdict, beside the baseline where there is one; at most 60 kB."""
    head = _alone(summary, places)
    if baseline is not None:
        head = _compared(summary, places, baseline, changes)
    parts = [
        ("limits", folded.limits(summary)),
        ("bill", folded.bill(summary, baseline)),
        ("sizes", folded.sizes(summary)),
        ("not modelled", folded.unknown(summary) if baseline is not None else ()),
        ("assumptions", folded.assumptions(summary) if baseline is not None else ()),
    ]
    return _fitted("\n".join(head), parts)


def _alone(summary: dict[str, Any], places: Mapping[str, str]) -> Iterator[str]:
    yield f"### {plain(words.headline(summary))}"
    yield ""
    yield f"**{plain(words.first_limit(summary, places))}**"
    yield ""
    yield plain(f"{words.equivalents(summary)} {words.headroom(summary)}")
    yield ""
    yield from _missed(summary)
    yield from (f"1. {plain(step)}" for step in (summary["first_limit"] or {"why": ()})["why"])
    yield ""
    yield plain(words.fix(summary))
    yield plain(words.failure(summary))
    yield ""
    yield from _faults(summary)


def _compared(
    summary: dict[str, Any],
    places: Mapping[str, str],
    baseline: Baseline,
    changes: Sequence[str] | None,
) -> Iterator[str]:
    yield f"### {plain(comparison.headline(baseline, summary))}"
    yield ""
    yield from _table(baseline, summary)
    yield plain(words.first_limit(summary, places))
    yield plain(words.headroom(summary))
    yield ""
    yield from _missed(summary)
    yield from (f"> {plain(note)}" for note in comparison.notes(baseline, summary))
    yield ""
    yield from _changes(changes)
    yield _not_modelled(summary)
    yield ""
    yield from _faults(summary)


def _table(baseline: Baseline, summary: dict[str, Any]) -> Iterator[str]:
    rows = comparison.rows(baseline, summary)
    if not rows:
        return
    yield "| | Before | After | Change |"
    yield "|---|---:|---:|---|"
    for row in rows:
        after = plain(row.after)
        shown = after if row.is_same else f"**{after}**"
        yield f"| {plain(row.name)} | {plain(row.before)} | {shown} | {plain(row.verdict)} |"
    yield ""


def _changes(changes: Sequence[str] | None) -> Iterator[str]:
    if changes is None:
        yield "**What changed:** the baseline does not say what it is made of."
    elif not changes:
        yield "**What changed:** nothing that Headroom sees in the design."
    else:
        yield f"**What changed** ({len(changes)})"
        yield ""
        yield from (f"- {plain(change)}" for change in changes[:_IN_SIGHT])
        rest = changes[_IN_SIGHT:]
        if rest:
            yield ""
            yield from folded.details(
                f"{len(rest)} more", [f"- {plain(change)}" for change in rest]
            )
    yield ""


def _not_modelled(summary: dict[str, Any]) -> str:
    number = len(summary["not_modelled"])
    if not number:
        return "**Not modelled:** nothing; every resource that carries load is."
    return f"**Not modelled:** {number}, so the numbers behind are at best."


def _missed(summary: dict[str, Any]) -> Iterator[str]:
    yield from (f"> {plain(sentence)}" for sentence in words.missed(summary))


def _faults(summary: dict[str, Any]) -> Iterator[str]:
    rows, unit = summary.get("faults", ()), summary["holds_users"]["unit"]
    if not rows:
        return
    yield "| What if it breaks | Lost | Late | Well again | Such a day holds |"
    yield "|---|---|---|---|---|"
    for row in rows:
        cells = (faults.title(row), faults.lost(row), faults.late(row), faults.well(row))
        yield f"| {' | '.join(map(plain, (*cells, faults.holds(row, unit))))} |"
    yield ""


def _fitted(head: str, parts: Sequence[tuple[str, Any]]) -> str:
    """Return the head and as many parts as a comment takes, and the names of the others."""
    text, left_out = _cut(head, MOST_BYTES - 1_000), []
    for name, lines in parts:
        part = "\n".join(lines)
        if not part:
            continue
        if _bytes(text) + _bytes(part) + 500 > MOST_BYTES:
            left_out.append(name)
        else:
            text = f"{text.rstrip()}\n\n{part}\n"
    if left_out:
        text += f"\nLeft out, as a comment takes no more: {', '.join(left_out)}.\n"
    return f"{text.rstrip()}\n\n{MARK}"


def _cut(text: str, most: int) -> str:
    """Return whole lines of a text, as many as fit; what was open is closed."""
    if _bytes(text) <= most:
        return text
    kept = text.encode()[:most].decode(errors="ignore").rpartition("\n")[0]
    closing = "\n\n</details>" * (kept.count("<details>") - kept.count("</details>"))
    return f"{kept}\n\nAnd more; a comment takes no more.{closing}\n"


def _bytes(text: str) -> int:
    return len(text.encode())
