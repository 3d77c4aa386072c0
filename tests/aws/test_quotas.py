"""Quotas of an account: defaults of a server, the account's own of a stub."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.stub import Stubber

from apps.aws import quotas
from apps.aws.errors import AwsRefused
from apps.aws.quotas import lambda_quotas, quotas_of
from apps.aws.sessions import client_of, open_session


@pytest.fixture
def stubbed(keys: None, monkeypatch: pytest.MonkeyPatch) -> dict[str, Stubber]:
    """Clients of both services whose answers a test gives."""
    session = open_session()
    clients = {name: client_of(session, name, "us-east-1") for name in ("service-quotas", "lambda")}
    monkeypatch.setattr(quotas, "client_of", lambda session, name, region: clients[name])
    return {name: Stubber(client) for name, client in clients.items()}


def row(code: str, value: float, **more: Any) -> dict[str, Any]:
    return {"QuotaCode": code, "QuotaName": f"Quota {code}", "Value": value, **more}


def test_what_the_account_has_wins_over_the_default(stubbed: dict[str, Stubber]) -> None:
    with stubbed["service-quotas"] as stub:
        defaults = [row("L-1", 10), row("L-2", 20, Unit="Seconds")]
        stub.add_response("list_aws_default_service_quotas", {"Quotas": defaults})
        stub.add_response("list_service_quotas", {"Quotas": [row("L-1", 99)], "NextToken": "next"})
        stub.add_response("list_service_quotas", {"Quotas": [row("L-3", 30)]})

        found = quotas_of(None, "lambda", "us-east-1")

    assert {code: quota.value for code, quota in found.items()} == {
        "L-1": 99.0,
        "L-2": 20.0,
        "L-3": 30.0,
    }
    assert (found["L-1"].unit, found["L-2"].unit) == ("None", "Seconds")


def test_lambda_says_itself_what_it_allows(stubbed: dict[str, Stubber]) -> None:
    limit = {"ConcurrentExecutions": 10, "TotalCodeSize": 80530636800}
    with stubbed["lambda"] as stub:
        stub.add_response("get_account_settings", {"AccountLimit": limit})

        found = lambda_quotas(None, "us-east-1")

    assert found[quotas.CONCURRENCY].value == 10
    assert (found[quotas.CODE_STORAGE].value, found[quotas.CODE_STORAGE].unit) == (
        80530636800,
        "Bytes",
    )


def test_a_refusal_names_the_right_that_lacks(stubbed: dict[str, Stubber]) -> None:
    with stubbed["service-quotas"] as stub:
        stub.add_client_error("list_aws_default_service_quotas", "AccessDeniedException")

        with pytest.raises(AwsRefused, match="servicequotas:ListAWSDefaultServiceQuotas"):
            quotas_of(None, "lambda", "us-east-1")


@pytest.mark.usefixtures("moto")
def test_a_server_gives_the_defaults() -> None:
    client = client_of(open_session(), "service-quotas", "us-east-1")

    found = dict(quotas._listed(client, "list_aws_default_service_quotas", "vpc"))

    assert found["L-F678F1CE"].value == 5
    assert found["L-F678F1CE"].name == "VPCs per Region"
