from __future__ import annotations

from tests.forecasts.answers import report, summary


def test_three_assumptions_move_the_verdict_most() -> None:
    drivers = report().drivers
    whole = summary()["drivers"]

    assert len(drivers) == 3
    assert [d.assumption.name for d in drivers] == [row["name"] for row in whole[:3]]
    assert all(d.at_low is not None and d.at_high is not None for d in drivers)


def test_assumptions_speak_of_links_and_habits() -> None:
    where = {item.where for item in report().assumptions}

    assert {"Checkout", "Checkout → Orders", "Traffic"} <= where


def test_the_first_limit_rests_on_its_own_assumptions() -> None:
    owners = {item.owner for item in report().first_assumptions}

    assert "Checkout" in owners
    assert "traffic" in owners
    assert "Mailer" not in owners


def test_what_is_not_seen_is_counted() -> None:
    unknown = report().unknown

    assert [item.where.name for item in unknown.not_modelled] == ["Firewall"]
    assert unknown.account_is_assumed
    assert unknown.assumed_concurrency == 1000
    assert unknown.count >= 2
    assert unknown.count_text == f"{unknown.count} things"


def test_an_account_that_was_given_is_not_unknown() -> None:
    account = {"lambda_concurrency": 3000, "used_by_others": 0}

    assert not report(account=account).unknown.account_is_assumed


def test_circles_and_warnings_are_unknown_too() -> None:
    before = report().unknown.count

    after = report(grows_without_end=["A → B → A grows without end."], warnings=["Odd."]).unknown

    assert after.count == before + 2
    assert after.warnings == ("A → B → A grows without end.", "Odd.")


def test_commands_to_check_are_listed_once() -> None:
    commands = report().commands

    assert "aws lambda get-account-settings" in commands
    assert len(commands) == len(set(commands))


def test_cost_and_waiting_rest_on_what_moves_them() -> None:
    found = report()

    assert {item.name for item in found.time_assumptions} >= {"own_ms", "init_ms"}
    assert {item.name for item in found.cost_assumptions} >= {"log_bytes", "visits per daily user"}
    assert "own_ms" not in {item.name for item in found.cost_assumptions}


def test_facts_have_the_dates_of_their_sources() -> None:
    line = summary()["cost"]["lines"][0]
    cost = {**summary()["cost"], "lines": [{**line, "source_date": "2026-10-07"}]}

    assert report(cost=cost).facts_dates == "2026-10-07"
    assert " to " in report().facts_dates


def test_targets_name_the_entry() -> None:
    targets = report().targets

    assert [(where.name, ms) for where, ms in targets.p95_ms] == [("Api", 1000.0)]
