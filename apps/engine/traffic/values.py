"""Numbers of a scenario: known, or a range of what they may be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from apps.engine.catalog.base import Spread
from apps.engine.traffic.reading import InvalidScenario, read_number


@dataclass(frozen=True, slots=True)
class Value:
    """A number that is known, or a range of what it may be."""

    expected: float
    low: float
    high: float

    @classmethod
    def from_json(cls, value: Any, path: str) -> Self:
        """Read one number that is exact, or an object of `expected`, `low` and `high`.

        Parameters
        ----------
        value : any
            What JSON held.
        path : str
            Where it stands in the file, for the refusal.

        Returns
        -------
        Value
            In the unit of the field.

        Raises
        ------
        InvalidScenario
            If something is negative, missing, unknown or out of order.
        """
        if isinstance(value, Mapping):
            parts = {
                key: read_number(value.get(key), f"{path}.{key}", {"low": 0.0})
                for key in ("expected", "low", "high")
            }
            if set(value) - set(parts) or not parts["low"] <= parts["expected"] <= parts["high"]:
                raise InvalidScenario(
                    f"{path} takes low ≤ expected ≤ high, or one number that is exact."
                )
            return cls(**parts)
        number = read_number(value, path, {"low": 0.0})
        return cls(number, number, number)

    @classmethod
    def exactly(cls, number: float) -> Self:
        """Return a number that is known.

        Parameters
        ----------
        number : float
            The number, in the unit of the field.

        Returns
        -------
        Value
            Low, expected and high are alike.
        """
        return cls(number, number, number)

    def spread(self, rule: str = "") -> Spread:
        """Return it as an assumption has it.

        Parameters
        ----------
        rule : str, optional
            Where it is from, for the reader.

        Returns
        -------
        Spread
            In the same unit.
        """
        return Spread(self.expected, self.low, self.high, rule)

    def scaled(self, factor: float) -> Self:
        """Return it with expected, low and high multiplied.

        Parameters
        ----------
        factor : float
            What to multiply by. [-]

        Returns
        -------
        Value
            In the unit that the factor makes of it.
        """
        return type(self)(self.expected * factor, self.low * factor, self.high * factor)

    def in_blocks(self, size: float) -> Self:
        """Return the whole blocks that each number takes; at least one.

        Parameters
        ----------
        size : float
            Size of a block, in the unit of the value.

        Returns
        -------
        Value
            Blocks. [count]
        """
        return type(self)(*(max(1.0, -(-x // size)) for x in (self.expected, self.low, self.high)))
