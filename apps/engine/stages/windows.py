"""Requests that all stay for the same time, by their age, in a few slots.

References
----------
.. [1] S. G. Eick, W. A. Massey, W. Whitt, "The Physics of the M_t/G/inf Queue", Operations
   Research 41 (1993), for constant durations: what is in service came within the last one.
"""

from __future__ import annotations

from apps.engine.stages.base import State

# A window is so many generations long, and forgets each evenly while it grows a new one.
GENERATIONS = 6
# Of a window: how far its new generation is, then the new one and those before, twice.
CLOCK, WANTED, HELD, WINDOW = 0, 1, 2 + GENERATIONS, 3 + 2 * GENERATIONS
# Clock of a window that is filled evenly.
EVEN = -1.0


class Window:
    """Requests that stay for the same time each: those wanted and those held, side by side.

    Parameters
    ----------
    at : int
        Its first slot.
    v : list of float
        The flat state.

    Notes
    -----
    Ages are kept as shares of the time that requests stay. Within a generation they are even.
    """

    __slots__ = ("_at", "_had", "_pace", "_turns", "_v")

    def __init__(self, at: int, v: State) -> None:
        self._at, self._v = at, v
        self._turns, self._pace, self._had = 0, 0.0, 0.0

    def leave(self, wanted: float, held: float, pace: float) -> tuple[float, float]:
        """Move on by a share of the time that requests stay; return what is left of them.

        Parameters
        ----------
        wanted, held : float
            What there is before. [count]
        pace : float
            Length of the step over the time that requests stay. [-]

        Returns
        -------
        tuple of float
            What is left of both. [count]
        """
        v, at = self._v, self._at
        if v[at] < 0.0 or wanted <= 0.0:
            v[at] = 0.0
            for first, amount in ((at + WANTED, wanted), (at + HELD, held)):
                v[first] = 0.0
                v[first + 1 : first + 1 + GENERATIONS] = [amount / GENERATIONS] * GENERATIONS
        self._had, self._pace = v[at], pace * GENERATIONS
        clock = self._had + self._pace
        if clock >= GENERATIONS:
            self._turns, v[at] = GENERATIONS, EVEN
            left = 1.0 - pace if pace < 1.0 else 0.0
            return wanted * left, held * left
        self._turns = turns = int(clock)
        v[at] = clock = clock - turns
        return self._turn(at + WANTED, turns, clock), self._turn(at + HELD, turns, clock)

    def _turn(self, first: int, turns: int, clock: float) -> float:
        """Close generations that are over; return what is left in all of them."""
        v, end = self._v, first + 1 + GENERATIONS
        if turns:
            v[first:end] = [0.0] * turns + v[first : end - turns]
        return sum(v[first:end]) - v[end - 1] * clock

    def enter(self, wanted: float, held: float) -> None:
        """Add what comes evenly in the step that was moved on by.

        Parameters
        ----------
        wanted, held : float
            What comes. [count]
        """
        v, turns, first = self._v, self._turns, self._at
        if turns >= GENERATIONS:
            return
        if not turns:
            v[first + WANTED] += wanted
            v[first + HELD] += held
            return
        now, whole = v[first] / self._pace, 1.0 / self._pace
        shares = [now, *[whole] * (turns - 1), (1.0 - self._had) * whole]
        for place, share in enumerate(shares, start=first):
            v[place + WANTED] += share * wanted
            v[place + HELD] += share * held
