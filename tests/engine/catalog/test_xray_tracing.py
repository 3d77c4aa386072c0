"""X-Ray tracing: the first requests of a second and a share of the others."""

from __future__ import annotations

import pytest

from apps.engine.catalog.base import InvalidSetting, Meters
from apps.engine.catalog.xray_tracing import RULE, SECONDS_PER_MONTH, XrayTracing
from apps.engine.formats.terraform.settings import settings_of
from apps.engine.graph import Architecture
from apps.engine.metering import meters_of, usages
from tests.engine.catalog.building import make_kind, read_template, usage_of
from tests.engine.worlds import case, component, link


def test_busy_designs_trace_one_a_second_and_a_twentieth_of_the_rest() -> None:
    traces = XrayTracing().traces(100.0 * SECONDS_PER_MONTH)

    assert traces == pytest.approx((1 + 0.05 * 99) * SECONDS_PER_MONTH)


def test_quiet_designs_trace_nearly_every_request() -> None:
    assert XrayTracing().traces(1000.0) == pytest.approx(1000.0, rel=0.01)
    assert XrayTracing(reservoir_per_s=0, fixed_rate=0.5).traces(1000.0) == 500.0


def test_rules_and_groups_share_the_traces() -> None:
    meters = Meters(design={"requests": 2000.0}, values={"rules": 2.0, "read_share": 0.1})

    lines = usage_of(XrayTracing(), meters)

    assert lines["xray.traces_recorded"].quantity == pytest.approx(1000.0, rel=0.01)
    assert lines["xray.traces_retrieved"].quantity == pytest.approx(100.0, rel=0.01)


def owners_of_traces(*more: str) -> list[str]:
    design = case(
        Architecture(
            components=(
                component("Api", "http_api"),
                component("Fn", "lambda_function", is_traced=True),
                *(component(name, "xray_tracing") for name in more),
            ),
            links=(link("Api", "Fn", "invoke"),),
        )
    )
    model, _ = design.run(10_000)
    meters = meters_of(model, design.entries, (), month_days=30.4, monthly_users=0)
    lines = usages(design.inputs.architecture, design.inputs.kinds, meters)
    return [owner for owner, line in lines if line.price_id == "xray.traces_recorded"]


def test_what_is_traced_is_billed_once_whether_drawn_or_not() -> None:
    assert owners_of_traces() == ["not drawn"]
    assert owners_of_traces("Rule") == ["Rule"]


def test_it_reads_a_template() -> None:
    settings = read_template(
        XrayTracing, RULE, {"SamplingRule": {"FixedRate": 0.1, "ReservoirSize": 5}}
    )

    assert make_kind("xray_tracing", **settings) == XrayTracing(fixed_rate=0.1, reservoir_per_s=5)
    with pytest.raises(InvalidSetting, match="must be between 0 and 1"):
        make_kind("xray_tracing", fixed_rate=2)


def test_a_usage_file_says_what_is_traced_and_read() -> None:
    lines = usage_of(XrayTracing(), Meters(given={"traces": 2e6, "traces_read": 3e6}))

    assert lines["xray.traces_recorded"].quantity == 2e6
    assert lines["xray.traces_retrieved"].quantity == 3e6
    assert settings_of(XrayTracing, "aws_xray_sampling_rule", {"fixed_rate": 0.1}) == {
        "fixed_rate": 0.1
    }
