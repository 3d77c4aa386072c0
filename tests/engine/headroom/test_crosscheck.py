"""The flows of a minute beside its requests."""

from __future__ import annotations

import numpy as np
import pytest

from apps.engine.headroom.crosscheck import check_minute
from tests.engine.worlds import case, shop


def test_calm_minute_agrees() -> None:
    check = check_minute(case(), 400_000, 12 * 60, np.random.default_rng(1))
    api, checkout = check.of("Api", "request"), check.of("Checkout", "invoke")
    assert api.offered.requests > 10_000
    assert abs(api.offered.difference) < 0.03
    assert checkout.refused.requests == 0
    assert checkout.kept is not None
    assert abs(checkout.kept.difference) < 0.2
    p50, p95, _ = check.percentiles[0]
    assert abs(p50.difference) < 0.05
    assert abs(p95.difference) < 0.1


def test_minute_at_a_limit_agrees_on_what_is_refused() -> None:
    """Twenty environments where about 28 are wanted."""
    crowded = case(shop(reserved_concurrency=20))
    check = check_minute(crowded, 400_000, 12 * 60, np.random.default_rng(2))
    invoke = check.of("Checkout", "invoke")
    assert invoke.refused.requests > 100
    assert abs(invoke.refused.difference) < 0.25


def test_a_day_has_no_such_minute() -> None:
    with pytest.raises(ValueError, match="1439"):
        check_minute(case(), 1000, 1440, np.random.default_rng(1))
