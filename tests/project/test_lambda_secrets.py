from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import pytest

from project import lambda_secrets

SECRETS = {
    "application": {"SECRET_KEY": "k", "DATABASE_SECRET_ARN": "database"},
    "plain": {"SECRET_KEY": "k"},
    "database": {"username": "headroom", "password": "p", "host": "elsewhere"},
}


@pytest.fixture(autouse=True)
def _secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    def read(name: str, environment: Mapping[str, str], now: datetime) -> dict[str, str]:
        return SECRETS[name]

    monkeypatch.setattr(lambda_secrets, "read_secrets", read)


def test_user_of_the_database_comes_from_its_own_secret() -> None:
    environment = {"SECRETS_ARN": "application"}

    lambda_secrets.set_secrets(environment)

    assert (environment["PGUSER"], environment["PGPASSWORD"]) == ("headroom", "p")
    assert "host" not in environment


def test_one_secret_may_be_enough() -> None:
    environment = {"SECRETS_ARN": "plain"}

    lambda_secrets.set_secrets(environment)

    assert environment == {"SECRETS_ARN": "plain", "SECRET_KEY": "k"}
