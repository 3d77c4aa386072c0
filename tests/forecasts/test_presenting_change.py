from __future__ import annotations

from apps.engine.forecast import forecast, summary_of
from apps.engine.stages.erlang import busiest_load
from apps.forecasts.presenting.change import changes_of, enough
from tests.engine import worlds
from tests.forecasts.answers import narrow_shop, summary


def test_it_shows_the_line_that_raises_the_first_limit() -> None:
    (change,) = changes_of(summary(), narrow_shop(), worlds.scenario(), worlds.facts())

    assert change.property == "ReservedConcurrentExecutions"
    assert change.before == "5"
    assert int(change.after) > 5


def test_what_it_shows_is_enough_and_little_more() -> None:
    found = summary()
    ratio = 20.0
    more = enough(found, ratio)

    carried = busiest_load(5, 0.001) * ratio
    assert busiest_load(more, 0.001) >= carried > busiest_load(more - 1, 0.001)
    assert more < 5 * ratio


def test_what_is_full_grows_with_the_users() -> None:
    full = {**summary()["first_limit"], "used": 5.0, "of": 5.0}

    assert enough(summary(first_limit=full), 3.1) == 16


def test_a_quota_of_the_account_is_no_line_of_the_template() -> None:
    shop, scenario, facts = worlds.shop(), worlds.scenario(), worlds.facts()
    found = summary_of(forecast(shop, scenario, facts))

    assert found["first_limit"]["component"] == "account:us-east-1"
    assert changes_of(found, shop, scenario, facts) == ()


def test_nothing_is_changed_where_nothing_binds() -> None:
    found = summary(fix=None, first_limit=None)

    assert changes_of(found, narrow_shop(), worlds.scenario(), worlds.facts()) == ()
