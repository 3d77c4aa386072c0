"""Drafts of links, brought together: one link for each pair and door."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from typing import Any

from apps.engine.formats.cloudformation.library import Library
from apps.engine.formats.cloudformation.wiring import Draft, Rank
from apps.engine.formats.errors import UnreadableInput
from apps.engine.graph import Link

MAX_ORIGINS = 4
MAX_LINKS = 5_000


def merge(drafts: Iterable[Draft], library: Library) -> tuple[Link, ...]:
    """Return the links of the surest mechanisms, with every place that speaks for them.

    Parameters
    ----------
    drafts : Iterable[Draft]
        What the mechanisms found, in any order.
    library : Library
        The files that came along, and the warnings so far.

    Returns
    -------
    tuple[Link, ...]
        One link for each source, target and door.

    Raises
    ------
    UnreadableInput
        If there are more than `MAX_LINKS` links.
    """
    by_key: dict[tuple[str, str, str], list[Draft]] = {}
    for draft in drafts:
        if draft.source != draft.target:
            by_key.setdefault((draft.source, draft.target, draft.door.role), []).append(draft)
        if len(by_key) > MAX_LINKS:
            raise UnreadableInput(
                f"The template links more than {MAX_LINKS:,} pairs, such as {draft.source} and "
                f"{draft.target} ({draft.origin}); give its parts apart."
            )
    best = {key: min(found, key=lambda draft: draft.rank) for key, found in by_key.items()}
    pairs: dict[frozenset[str], list[Draft]] = {}
    for draft in best.values():
        pairs.setdefault(frozenset((draft.source, draft.target)), []).append(draft)
    kept = [
        key
        for key, draft in best.items()
        if not _is_known_better(draft, pairs[frozenset((draft.source, draft.target))])
    ]
    kept = _without_circles(kept, best, library)
    return tuple(_link(best[key], by_key[key]) for key in kept)


def _is_known_better(draft: Draft, of_pair: list[Draft]) -> bool:
    """Return whether a surer mechanism tells how this pair calls each other."""
    for other in of_pair:
        if other.rank >= draft.rank:
            continue
        is_same_way = other.source == draft.source
        if draft.rank >= Rank.BROAD and _outweighs(draft, other, is_same_way=is_same_way):
            return True
        if draft.rank is Rank.POLICY and is_same_way and not _is_beside(draft, other):
            return True
    return False


def _is_beside(draft: Draft, other: Draft) -> bool:
    """Return whether a call stands beside one for what failed: a function has one permission."""
    is_one_right = {draft.door.role, other.door.role} == {"invoke", "event"}
    return bool(other.settings.get("dead_letter")) and not is_one_right


def _outweighs(draft: Draft, other: Draft, *, is_same_way: bool) -> bool:
    # Beside a policy for reading, one for writing as well is no contradiction.
    if draft.rank is Rank.BROAD and other.rank is Rank.POLICY:
        return is_same_way and other.door.role == draft.door.role
    return True


def _without_circles(
    keys: list[tuple[str, str, str]], best: dict[tuple[str, str, str], Draft], library: Library
) -> list[tuple[str, str, str]]:
    """Leave out what is only allowed where surer links would make callers wait for themselves.

    A circle of links that are equally sure stays, and is refused by name when it is run.
    """
    waits: dict[str, set[str]] = {}
    kept = []
    by_rank = sorted(keys, key=lambda key: best[key].rank)
    for rank, group in groupby(by_rank, key=lambda key: best[key].rank):
        alike = [
            key
            for key in group
            if rank is Rank.EXPLICIT or not _is_left_out(key, best[key], waits, library)
        ]
        kept += alike
        for key in alike:
            if best[key].door.mode == "sync":
                waits.setdefault(key[0], set()).add(key[1])
    order = {key: index for index, key in enumerate(keys)}
    return sorted(kept, key=lambda key: order[key])


def _is_left_out(
    key: tuple[str, str, str], draft: Draft, waits: dict[str, set[str]], library: Library
) -> bool:
    source, target, _ = key
    if draft.door.mode != "sync" or not _reaches(waits, target, source):
        return False
    library.warn(
        f"{source} may call {target} ({draft.origin}), which waits for {source}; "
        "the call is left out."
    )
    return True


def _reaches(waits: dict[str, set[str]], start: str, end: str) -> bool:
    front, seen = [start], {start}
    while front:
        node = front.pop()
        if node == end:
            return True
        fresh = waits.get(node, set()) - seen
        seen |= fresh
        front.extend(fresh)
    return False


def _link(best: Draft, drafts: list[Draft]) -> Link:
    drafts = sorted(drafts, key=lambda draft: draft.rank)
    origins = list(dict.fromkeys(draft.origin for draft in drafts))
    more = f"; {len(origins) - MAX_ORIGINS} more" if len(origins) > MAX_ORIGINS else ""
    return Link(
        source=best.source,
        target=best.target,
        role=best.door.role,
        mode=best.door.mode,
        calls=best.calls,
        settings=_settings(drafts, best.rank),
        origin="; ".join(origins[:MAX_ORIGINS]) + more,
    )


def _settings(drafts: list[Draft], rank: Rank) -> dict[str, Any]:
    """Return the settings of the surest drafts; several routes share a link and add up."""
    sure = [draft for draft in drafts if draft.rank is rank]
    settings: dict[str, Any] = {}
    for draft in reversed(sure):
        settings |= draft.settings
    routes = {
        draft.settings["route"]: draft.settings["weight"]
        for draft in sure
        if "route" in draft.settings
    }
    if routes:
        settings["weight"] = sum(routes.values())
        settings["route"] = ", ".join(routes)
    for mark in ("dead_letter", "is_extra", "is_kept", "viewer_calls"):
        if settings.get(mark) and not all(draft.settings.get(mark) for draft in sure):
            del settings[mark]
    return settings
