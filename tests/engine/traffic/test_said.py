"""What a scenario says is obeyed, or refused with its path."""

from __future__ import annotations

from typing import Any

import pytest

from apps.engine.inputs import Inputs, collect
from apps.engine.stages.gate import Gate
from apps.engine.stages.pool import Pool
from apps.engine.traffic.arrivals import arrivals, seconds_of_runs
from apps.engine.traffic.habits import habits_of
from apps.engine.traffic.reading import InvalidScenario
from tests.engine.worlds import case, component, facts, link, scenario, shop

OUT = {"id": "Pay", "read_from": "Checkout.Environment.PAY_URL", "latency_ms": 300}


def inputs_with(**more: Any) -> Inputs:
    return collect(shop(), scenario(**more), facts())


def value(inputs: Inputs, owner: str, name: str) -> float:
    return inputs.by_key[owner, name].spread.expected


def stage_of(inputs: Inputs, name: str, kind: type) -> Any:
    from apps.engine.fluid.compile import compile_model

    model = compile_model(inputs.blueprint())
    return next(p.stage for p in model.placed if p.component == name and isinstance(p.stage, kind))


def test_an_outside_api_is_called_by_who_reads_its_address() -> None:
    inputs = inputs_with(outside=[{**OUT, "rate_limit_rps": 25, "burst": 50}])

    gate = stage_of(inputs, "Pay", Gate)

    assert ("Checkout", "Pay", "call") in {e.key for e in inputs.architecture.links}
    assert (gate.rate_per_s, gate.burst, gate.own_s) == (25.0, 50.0, 0.3)
    assert not inputs.by_key["Pay", "latency_ms"].is_open


def test_an_address_in_the_template_becomes_the_outside_api_that_is_meant() -> None:
    design = shop()
    external = component("api.pay.example", "outside_api")
    drawn = link(
        "Checkout", "api.pay.example", "call", origin="template.yaml:9 environment PAY_URL"
    )
    whole = type(design)(components=(*design.components, external), links=(*design.links, drawn))

    found = collect(whole, scenario(outside=[OUT]), facts()).architecture

    assert "api.pay.example" not in {c.id for c in found}
    assert [e.target for e in found.outbound("Checkout")].count("Pay") == 1


def test_a_whole_duration_is_what_a_call_takes_with_its_waits() -> None:
    inputs = inputs_with(assume={"Checkout": {"duration_ms": 200}, "Orders": {"latency_ms": 40}})
    design = case(assume={"Checkout": {"duration_ms": 200}, "Orders": {"latency_ms": 40}})

    model, _ = design.run(1.0)
    pool = next(p for p in model.placed if p.component == "Checkout")

    # 200 ms less a write of 40 ms and a message of 15 ms.
    assert stage_of(inputs, "Checkout", Pool).own_s == pytest.approx(0.145)
    assert model.v[pool.port.response] == pytest.approx(0.2, abs=0.15)


def test_a_law_of_durations_sets_their_spread() -> None:
    laws = {
        law: stage_of(
            inputs_with(assume={"lambda_defaults": {"duration_distribution": law}}),
            "Checkout",
            Pool,
        ).cv
        for law in ("constant", "exponential", "lognormal")
    }

    assert laws["constant"] == pytest.approx(0.0, abs=1e-3)
    assert laws["exponential"] == pytest.approx(1.0, rel=1e-3)
    assert laws["lognormal"] == pytest.approx(0.66, rel=0.02)


def test_reads_take_blocks_of_4_kb_and_half_of_them_when_eventual() -> None:
    units = {}
    for operation in ("read", "read_eventual", "write"):
        said = {"source": "Checkout", "target": "Orders", "operation": operation}
        inputs = inputs_with(assume={"links": [{**said, "item_bytes": 9000, "calls": 1}]})
        role = "write" if operation == "write" else "read"
        units[operation] = value(inputs, f"Checkout → Orders ({role})", "units")

    # 9,000 bytes: 3 blocks of 4,096 and 9 of 1,024.
    assert units == {"read": 3.0, "read_eventual": 1.5, "write": 9.0}


def test_a_link_that_the_template_does_not_show_is_added() -> None:
    said = {"source": "Mailer", "target": "Orders", "operation": "read", "calls": 3}

    inputs = inputs_with(assume={"links": [said]})

    assert value(inputs, "Mailer → Orders (read)", "calls") == 3.0


def test_a_hot_key_of_a_link_is_the_hot_key_of_the_table() -> None:
    said = {"source": "Checkout", "target": "Orders", "operation": "write", "hot_key_share": 0.5}

    inputs = inputs_with(assume={"links": [said]})

    assert value(inputs, "Orders", "hot_write_share") == 0.5


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"assume": {"links": [{"source": "No", "target": "Orders"}]}}, r"links\[0\].source"),
        ({"assume": {"links": [{"source": "Checkout", "target": "No"}]}}, r"links\[0\].target"),
        (
            {"assume": {"links": [{"source": "Checkout", "target": "Orders", "tempo": 1}]}},
            r"assume.links\[0\].tempo",
        ),
        (
            {"assume": {"links": [
                {"source": "Checkout", "target": "Mails", "operation": "query"}]}},
            r"links\[0\].operation",
        ),
        (
            {"assume": {"links": [
                {"source": "Checkout", "target": "Orders", "db_cpu_ms": 1}]}},
            r"links\[0\].db_cpu_ms",
        ),
        (
            {"assume": {"links": [
                {"source": "Checkout", "target": "Mails", "hot_key_share": 0.1}]}},
            r"links\[0\].hot_key_share",
        ),
        (
            {"assume": {"links": [
                {"source": "Checkout", "target": "Mails", "messages_per_user": 2}]}},
            r"links\[0\].messages_per_user",
        ),
        ({"assume": {"lambda_defaults": {"tempo": 1}}}, "lambda_defaults.tempo"),
        ({"assume": {"Checkout": {"tempo": 1}}}, "assume.Checkout.tempo"),
        ({"outside": [{"id": "Pay", "read_from": "No.URL"}]}, r"outside\[0\].read_from"),
        ({"outside": [{"id": "Orders"}]}, r"outside\[0\].id"),
        ({"outside": [{"id": "Pay", "tempo": 1}]}, r"outside\[0\].tempo"),
        ({"partners": [{"per_s": 1}]}, r"partners\[0\].entry"),
        ({"devices": [{"entry": "No", "count": 1}]}, r"devices\[0\].entry"),
        ({"targets": {"queue_age_s": {"max": 60, "queue": "No"}}}, "queue_age_s.queue"),
        ({"targets": {"refused_share": {"max": 0.1, "window_s": 90}}}, "window_s"),
    ],
)  # fmt: skip
def test_what_means_nothing_is_refused_with_its_path(more: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidScenario, match=message):
        inputs_with(**more)


def rates_of(entry: str, **more: Any) -> Any:
    said = scenario(bots={"share_of_requests": 0}, **more)
    inputs = collect(shop(), said, facts())
    found = arrivals(said, habits_of(said, {}), inputs.entries)
    return next(a for a in found if a.entry.component == entry)


def test_what_the_scenario_names_as_an_entry_is_one() -> None:
    work = {"entry": "Mails", "schedule": "cron(30 2 * * ? *)", "items": 600, "over_s": 60}

    mails = rates_of("Mails", background=[work])

    assert mails.fixed.sum() == pytest.approx(600)
    assert mails.fixed[9000:9060].sum() == pytest.approx(600)
    assert mails.per_user.sum() == 0.0


def test_work_that_comes_often_comes_each_time() -> None:
    work = {"entry": "Mails", "schedule": "rate(6 hours)", "items": 100, "over_s": 10}

    assert rates_of("Mails", background=[work]).fixed.sum() == pytest.approx(400)


def test_a_schedule_that_aws_would_not_take_is_refused() -> None:
    with pytest.raises(InvalidScenario, match="schedule"):
        seconds_of_runs("every morning")


def test_a_partner_sends_its_burst_at_once_and_its_mean_stays() -> None:
    hook = rates_of("Api", partners=[{"entry": "Api", "per_s": 3, "burst": 50}])

    assert hook.fixed.max() == 50.0
    assert hook.fixed.mean() == pytest.approx(3.0)


def test_an_event_at_an_entry_leaves_the_others_alone() -> None:
    event = {"at": "20:00:00", "hold_s": 60, "factor": 10, "entry": "Mails"}

    assert rates_of("Api", events=[event]).per_user == pytest.approx(rates_of("Api").per_user)


def test_an_event_without_length_comes_within_a_second() -> None:
    vote = {"at": "20:00:00", "users_share": 1.0, "requests_per_user": 2, "entry": "Api"}

    more = rates_of("Api", events=[vote]).per_user - rates_of("Api").per_user

    assert more[72_000] == pytest.approx(2.0)
    assert more.sum() == pytest.approx(2.0)
