"""Quantities of a month that a scenario gives as they stand on a bill, checked."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from apps.engine.catalog.base import is_meter
from apps.engine.traffic.reading import InvalidScenario

# More than all of AWS serves; above it floats lose the units that a bill counts.
MOST = 1e18


def check_usage(usage: Mapping[str, Any]) -> None:
    """Refuse what is no quantity of a meter.

    Parameters
    ----------
    usage : mapping of str to any
        By component, then by meter: `{"Cdn": {"given.invalidation_paths": 5000}}`.

    Raises
    ------
    InvalidScenario
        With the path of the field.
    """
    for component, quantities in usage.items():
        if not isinstance(quantities, Mapping):
            raise InvalidScenario(f"usage.{component} must be an object with named quantities.")
        for path, value in quantities.items():
            at = f"usage.{component}.{path}"
            if not is_meter(path):
                raise InvalidScenario(f"{at} is no meter, such as given.requests or stored_gb.")
            is_number = isinstance(value, int | float) and not isinstance(value, bool)
            if not is_number or not (0.0 <= value <= MOST) or not math.isfinite(value):
                raise InvalidScenario(f"{at} must be a number from 0 to 10^18, not {value!r}.")
