"""What a forecast is compared with: a template as it was, or a forecast that was kept as JSON."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from apps.designs.comparing import Change, changes
from apps.engine.graph import Architecture
from apps.forecasts.kept_forecast import KEPT, design_in
from apps.forecasts.question import REFUSALS
from apps.forecasts.shown_paths import shown_path, with_shown_paths
from apps.forecasts.template_files import read_paths

Summary = Mapping[str, Any]
_COST: Final = ("monthly_usd", "low", "high", "per_1000_requests_usd", "is_complete")


@dataclass(frozen=True, slots=True, kw_only=True)
class Baseline:
    """A forecast from before. `summary` is None where it cannot be made: `problem` says why."""

    name: str
    summary: Summary | None = None
    problem: str = ""
    # None where the baseline does not say what it is made of.
    design: Architecture | None = None
    # What the scenario says of components that the baseline lacks, a phrase each.
    left_out: tuple[str, ...] = ()

    def changes(self, now: Architecture) -> list[Change] | None:
        """Return what differs in the design; None where that is not known."""
        return None if self.design is None else changes(self.design, now)

    def to_dict(self) -> dict[str, Any]:
        """Return what machines read of it beside the new forecast."""
        said = {"name": self.name, "problem": self.problem or None}
        if self.summary is None:
            return said
        cost = {name: self.summary["cost"].get(name) for name in _COST}
        return said | {name: self.summary[name] for name in KEPT} | {"cost": cost}


def read_baseline(
    paths: Sequence[Path],
    kept: Summary | None,
    answer: Callable[[Architecture], tuple[Summary, tuple[str, ...]]],
) -> Baseline:
    """Return the baseline in some files: `kept`, if they are one, else what `answer` says of them.

    Raises
    ------
    UnreadableInput
        If the files are neither a template nor a whole forecast.
    """
    name = ", ".join(shown_path(str(path)) for path in paths)
    if kept is not None:
        return Baseline(name=name, summary=kept, design=design_in(kept, str(paths[0])))
    design = with_shown_paths(read_paths(paths), paths)
    try:
        summary, left_out = answer(design)
    except REFUSALS as refusal:
        return Baseline(name=name, problem=str(refusal), design=design)
    return Baseline(name=name, summary=summary, design=design, left_out=left_out)
