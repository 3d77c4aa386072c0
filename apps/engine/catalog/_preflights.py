"""Browsers that ask an API of another origin before each call: requests that nobody wrote."""

from __future__ import annotations

from collections.abc import Mapping

# The name of the value, for one request: 1 where a scenario says that browsers ask.
# https://docs.aws.amazon.com/apigateway/latest/developerguide/how-to-cors.html
PREFLIGHTS = "preflights"


def requests_each(values: Mapping[str, float]) -> float:
    """Return how many requests an API takes for one that users make. [count]

    Parameters
    ----------
    values : Mapping[str, float]
        The values in force.

    Returns
    -------
    float
        1 and the preflights.
    """
    return 1.0 + values.get(PREFLIGHTS, 0.0)
