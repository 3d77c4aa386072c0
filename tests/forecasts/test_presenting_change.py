from __future__ import annotations

import pytest

from apps.engine.forecast import forecast, summary_of
from apps.forecasts.presenting.change import changes_of
from tests.engine import worlds
from tests.forecasts.answers import narrow_shop, summary


def test_it_shows_the_line_that_raises_the_first_limit() -> None:
    found = summary()
    ratio = found["fix"]["holds_users"] / found["holds_users"]["expected"]

    (change,) = changes_of(found, narrow_shop(), worlds.scenario(), worlds.facts())

    assert change.property == "ReservedConcurrentExecutions"
    assert change.before == "5"
    assert int(change.after) == pytest.approx(5 * ratio, abs=1)


def test_a_quota_of_the_account_is_no_line_of_the_template() -> None:
    shop, scenario, facts = worlds.shop(), worlds.scenario(), worlds.facts()
    found = summary_of(forecast(shop, scenario, facts))

    assert found["first_limit"]["component"] == "account:us-east-1"
    assert changes_of(found, shop, scenario, facts) == ()


def test_nothing_is_changed_where_nothing_binds() -> None:
    found = summary(fix=None, first_limit=None)

    assert changes_of(found, narrow_shop(), worlds.scenario(), worlds.facts()) == ()
