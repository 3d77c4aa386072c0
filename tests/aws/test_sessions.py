"""Sessions at AWS, against a server that answers as AWS does."""

from __future__ import annotations

import pytest

from apps.aws.errors import AwsRefused
from apps.aws.sessions import account_of, client_of, open_session

ROLE = "arn:aws:iam::210987654321:role/headroom-reader"


@pytest.mark.usefixtures("moto")
def test_it_acts_in_the_account_of_the_environment() -> None:
    assert account_of(open_session()) == "123456789012"


@pytest.mark.usefixtures("moto")
def test_a_role_is_assumed_with_its_external_id() -> None:
    session = open_session(role_arn=ROLE, external_id="team-7")

    who = client_of(session, "sts", "us-east-1").get_caller_identity()
    assert who["Arn"].startswith("arn:aws:sts::210987654321:assumed-role/headroom-reader/headroom")
    assert account_of(session) == "210987654321"


@pytest.mark.usefixtures("moto")
def test_clients_slow_down_when_aws_is_busy() -> None:
    client = client_of(open_session(), "sts", "us-east-1")

    assert client.meta.config.retries["mode"] == "adaptive"


@pytest.mark.usefixtures("keys")
def test_an_unknown_profile_is_told() -> None:
    with pytest.raises(AwsRefused, match="There is no such profile"):
        open_session(profile="nobody")


def test_without_an_identity_it_says_what_to_do(
    keys: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")

    with pytest.raises(AwsRefused, match="No credentials of AWS were found"):
        account_of(open_session())


def test_an_aws_out_of_reach_is_told(keys: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    monkeypatch.setattr("apps.aws.sessions._PATIENT", None)

    with pytest.raises(AwsRefused, match=r"cannot be reached for sts:GetCallerIdentity"):
        account_of(open_session())
