"""More joint samples for the terminal: a line of progress, and Ctrl-C keeps what was reached."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import Any

from apps.engine.forecast import Drawn, Forecast, Sampler, summary_of, with_ranges

Say = Callable[[str], None]
FEWEST, MOST = 100, 100_000


def say(text: str) -> None:
    sys.stderr.write(text)
    sys.stderr.flush()


def summary_with_samples(answer: Forecast, count: int, *, tell: Say = say) -> dict[str, Any]:
    """Return a forecast as JSON with the ranges of so many samples, or of those until Ctrl-C."""
    summary = summary_of(answer)
    drawn = Drawn()
    try:
        sampler = Sampler(answer.case, answer.verdict.found, count=count)
        began_s = time.monotonic()
        for bundle in range(sampler.bundles):
            drawn += sampler.run(bundle)
            tell(_line(len(drawn), count, time.monotonic() - began_s))
    except KeyboardInterrupt:
        tell("\n")
    if not drawn.users:
        tell(f"Stopped: low and high are those of {summary['samples']['count']} samples.\n")
        return summary
    if len(drawn) < count:
        tell(f"Stopped: low and high are those of {len(drawn):,} samples of {count:,}.\n")
    return with_ranges(summary, sampler.ranges(drawn))


def _line(done: int, count: int, passed_s: float) -> str:
    left_s = passed_s * (count - done) / done
    left, end = ("", "\n") if done >= count else (f", {left_s:.0f} s left", "")
    # Spaces wipe what a longer line has left.
    return f"\r{f'Samples: {done:,} of {count:,}{left}':<56}{end}"
