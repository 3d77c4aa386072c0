"""Function URL: nothing holds it back but its function."""

from __future__ import annotations

import pytest

from apps.engine.catalog.base import InvalidSetting, Meters
from apps.engine.catalog.lambda_url import LambdaUrl
from apps.engine.graph import Link
from apps.engine.pricing import price_bill
from tests.engine.catalog.building import (
    US,
    lanes_of,
    make_kind,
    make_place,
    read_template,
    run,
    usage_of,
)


def test_it_passes_every_request_to_its_function() -> None:
    function = make_kind("lambda_function", memory_mb=1769)
    link = Link(source="Url", target="Handler", role="invoke")

    seen = run(
        {"Url": LambdaUrl(), "Handler": function}, [link], enter=("Url", "request"), rps=50.0
    )

    assert seen.count("Handler", "invoke", "offered") == pytest.approx(30_000)
    assert seen.count("Url", "request", "refused") == 0.0
    # A function that is called costs 10 ms beside its own time.
    own_s = seen.model.v[seen.at("Handler", "invoke").port.response]
    assert seen.model.v[seen.at("Url", "request").port.response] == pytest.approx(0.010 + own_s)


def test_it_has_no_limit_of_its_own() -> None:
    assert LambdaUrl().limits(US, make_place(LambdaUrl())) == ()
    assert lanes_of(LambdaUrl())["request"].draws == ()
    assert LambdaUrl.FACES_USERS


def test_it_fails_with_its_function() -> None:
    """A function with its single environment taken refuses, and so does the URL."""
    function = make_kind("lambda_function", memory_mb=1769, reserved_concurrency=1)
    link = Link(source="Url", target="Handler", role="invoke")

    seen = run(
        {"Url": LambdaUrl(), "Handler": function}, [link], enter=("Url", "request"), rps=1000.0
    )

    refused = seen.count("Handler", "invoke", "refused")
    assert refused > 500_000
    assert seen.model.v[seen.at("Url", "request").port.failed] > 0.9


def test_it_bills_the_transfer_alone() -> None:
    meters = Meters(passed={"request": 1e6}, bytes_out=5e9, is_edge=True)

    bill = price_bill([("Url", usage) for usage in LambdaUrl().usage(meters)], US)

    # prices.csv: dto.internet_gb 0.09.
    assert float(bill.monthly_usd) == pytest.approx(5e9 / 2**30 * 0.09, abs=0.01)
    behind = Meters(passed={"request": 1e6}, bytes_out=5e9)
    assert usage_of(LambdaUrl(), behind)["dto.internet_gb"].quantity == 0.0


def test_it_reads_templates() -> None:
    assert read_template(
        LambdaUrl, "AWS::Lambda::Url", {"AuthType": "AWS_IAM", "InvokeMode": "RESPONSE_STREAM"}
    ) == {"auth_type": "AWS_IAM", "invoke_mode": "RESPONSE_STREAM"}
    with pytest.raises(InvalidSetting, match="Who may call must be one of NONE, AWS_IAM"):
        LambdaUrl(auth_type="COGNITO")
