from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectTimeoutError,
    EndpointConnectionError,
    NoCredentialsError,
    ParamValidationError,
)
from django.core.files.storage import InMemoryStorage
from django.test import Client

from apps.accounts.models import Team, User
from apps.forecasts.models import Forecast
from apps.outages import FILES, Outage, outage_of
from tests.forecasts.conftest import make_design

SLOW_DOWN = ClientError({"Error": {"Code": "SlowDown"}}, "PutObject")
DENIED = ClientError({"Error": {"Code": "AccessDenied"}}, "PutObject")
AWAY = EndpointConnectionError(endpoint_url="https://s3.us-east-1.amazonaws.com")
SLOW = ConnectTimeoutError(endpoint_url="https://s3.us-east-1.amazonaws.com")


@pytest.mark.parametrize("error", [SLOW_DOWN, DENIED, AWAY, SLOW, NoCredentialsError()])
def test_store_that_refuses_is_known(error: Exception) -> None:
    assert outage_of(error) == Outage(FILES)


def test_call_that_no_store_understands_is_a_mistake() -> None:
    error: BotoCoreError = ParamValidationError(report="Bucket is missing")

    assert outage_of(error) is None


@pytest.mark.parametrize("error", [SLOW_DOWN, DENIED, AWAY])
def test_store_that_refuses_leaves_nothing_half(
    client: Client, olga: User, team: Team, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def refuse(*args: Any, **kwargs: Any) -> None:
        raise error

    client.raise_request_exception = False
    client.force_login(olga)
    address = f"/designs/{make_design(team, olga, 'Shop').pk}/forecast/"
    with monkeypatch.context() as broken:
        broken.setattr(InMemoryStorage, "exists", refuse)
        refused = client.get(address)
    assert (refused.status_code, Forecast.objects.count()) == (503, 0)
    assert int(refused["Retry-After"]) > 0

    assert client.get(address).status_code == 200
    assert Forecast.objects.get().is_done
