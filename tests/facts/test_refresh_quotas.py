"""Quotas of an account in place of AWS's defaults."""

from __future__ import annotations

from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from apps.aws.errors import AwsRefused
from apps.aws.quotas import AccountQuota
from apps.facts.account_quotas import in_unit_of, to_ask
from apps.facts.actions import effective_facts
from apps.facts.models import Override
from apps.facts.reader import packaged_facts

pytestmark = pytest.mark.django_db

COMMAND = "apps.facts.management.commands.refresh_quotas"
CONCURRENCY = "lambda.concurrent_executions"


class Account:
    """What Service Quotas says of an account, by code, and with what it was asked."""

    def __init__(self) -> None:
        self.quotas: dict[str, tuple[float, str, str]] = {}
        self.asked: list[tuple[str, str]] = []
        self.concurrency = 1000.0
        self.opened: dict[str, str] = {}

    def open(self, **identity: str) -> Any:
        self.opened = identity
        return self

    def quotas_of(self, session: Any, service: str, region: str) -> dict[str, AccountQuota]:
        self.asked.append((service, region))
        return {
            code.partition("/")[2]: AccountQuota(code, name, value, unit)
            for code, (value, unit, name) in self.quotas.items()
            if code.partition("/")[0] == service
        }

    def lambda_quotas(self, session: Any, region: str) -> dict[str, AccountQuota]:
        code = "L-B99A9384"
        return {code: AccountQuota(code, "Concurrent executions", self.concurrency, "None")}


@pytest.fixture
def account(monkeypatch: pytest.MonkeyPatch) -> Account:
    """An account that has AWS's defaults."""
    account = Account()
    monkeypatch.setattr(f"{COMMAND}.open_session", account.open)
    monkeypatch.setattr(f"{COMMAND}.account_of", lambda session: "123456789012")
    monkeypatch.setattr(f"{COMMAND}.quotas_of", account.quotas_of)
    monkeypatch.setattr(f"{COMMAND}.lambda_quotas", account.lambda_quotas)
    return account


def refresh(*options: str) -> str:
    said = StringIO()
    call_command("refresh_quotas", *options, stdout=said, stderr=StringIO())
    return said.getvalue()


def in_force() -> list[tuple[str, str, str]]:
    rows = Override.objects.in_force().order_by("fact_id", "pk")
    return list(rows.values_list("fact_id", "region", "value"))


def test_it_writes_what_differs(account: Account) -> None:
    account.concurrency = 10.0
    account.quotas["dynamodb/L-F98FE922"] = (5000.0, "Count", "Tables")

    said = refresh("--region=eu-west-1")

    assert "eu-west-1: 3 quotas differ." in said
    assert f"{CONCURRENCY:<36} 1000 → 10 count  corrected" in said
    assert ("dynamodb.tables", "eu-west-1", "5000") in in_force()
    facts = effective_facts("eu-west-1")
    assert facts.quota(CONCURRENCY) == 10
    assert facts.quota_row(CONCURRENCY).confidence == "corrected"
    assert effective_facts("us-east-1").quota(CONCURRENCY) == 1000


def test_the_reason_does_not_give_the_account_away(account: Account) -> None:
    account.concurrency = 10.0

    said = refresh()

    reason = Override.objects.get(fact_id=CONCURRENCY).reason
    assert reason.startswith("Service Quotas of account 1234…, 20")
    assert "123456789012" not in reason + said


def test_an_account_with_the_defaults_changes_nothing(account: Account) -> None:
    assert "us-east-1: 0 quotas differ." in refresh()
    assert in_force() == []


def test_the_same_account_changes_nothing_twice(account: Account) -> None:
    account.concurrency = 10.0
    refresh()
    before = list(Override.objects.order_by("pk").values())

    assert "us-east-1: 0 quotas differ." in refresh()

    assert list(Override.objects.order_by("pk").values()) == before


def test_a_new_value_follows_the_old_one(account: Account) -> None:
    account.concurrency = 10.0
    refresh()
    account.concurrency = 3000.0

    refresh()

    assert (CONCURRENCY, "us-east-1", "3000") in in_force()
    assert Override.objects.filter(fact_id=CONCURRENCY).count() == 2


def test_back_at_the_default_the_correction_is_withdrawn(account: Account) -> None:
    account.concurrency = 10.0
    refresh()
    account.concurrency = 1000.0

    assert "as AWS's default again" in refresh()

    assert in_force() == []
    assert effective_facts("us-east-1").quota(CONCURRENCY) == 1000


def test_what_a_person_corrected_stays(account: Account) -> None:
    Override.objects.create(
        kind="quota", fact_id=CONCURRENCY, value="7777", reason="Agreed for the sale."
    )
    account.concurrency = 10.0

    said = refresh()

    assert "7777 → 10 count  kept, since it was corrected by hand" in said
    assert effective_facts("us-east-1").quota(CONCURRENCY) == 7777


def test_a_dry_run_writes_nothing(account: Account) -> None:
    account.concurrency = 10.0

    said = refresh("--dry-run")

    assert "1000 → 10" in said
    assert said.endswith("Dry run: nothing was written.\n")
    assert in_force() == []


def test_cloudfront_is_asked_where_it_is_kept(account: Account) -> None:
    refresh("--region=eu-west-1")

    assert ("cloudfront", "us-east-1") in account.asked
    assert ("lambda", "eu-west-1") in account.asked
    assert len(account.asked) == len(to_ask("eu-west-1"))


def test_a_role_is_handed_over_and_never_printed(account: Account) -> None:
    role = "arn:aws:iam::1:role/r"

    said = refresh(f"--role={role}", "--external-id=team-7-secret")

    assert account.opened == {"profile": "", "role_arn": role, "external_id": "team-7-secret"}
    assert "team-7-secret" not in said


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--region=Mars"], "“Mars” is no Region"),
        (["--external-id=x"], "goes with --role"),
    ],
)
def test_wrong_arguments_end_with_2(options: list[str], sentence: str) -> None:
    with pytest.raises(CommandError, match=sentence) as caught:
        refresh(*options)

    assert caught.value.returncode == 2


def test_a_refusal_of_aws_is_told(account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(session: Any) -> str:
        raise AwsRefused("Sign in again.")

    monkeypatch.setattr(f"{COMMAND}.account_of", refuse)

    with pytest.raises(CommandError, match="Sign in again") as caught:
        refresh()

    assert caught.value.returncode == 2


@pytest.mark.parametrize(
    ("quota_id", "value", "unit", "name", "ours"),
    [
        ("lambda.code_storage", 80530636800.0, "Bytes", "Storage", 75.0),
        ("rds.total_storage", 100.0, "Terabytes", "Total storage", 102400.0),
        ("apigateway.integration_timeout_rest", 29000.0, "None", "Timeout in milliseconds", 29.0),
        ("apigateway.integration_timeout_rest", 29.0, "None", "Timeout", None),
        ("lambda.concurrent_executions", 10.0, "None", "Concurrent executions", 10.0),
        ("lambda.concurrent_executions", 10.0, "Seconds", "Odd", None),
    ],
)
def test_units_are_those_of_the_facts(
    quota_id: str, value: float, unit: str, name: str, ours: float | None
) -> None:
    quota = packaged_facts("us-east-1").quota_row(quota_id)

    assert in_unit_of(quota, AccountQuota("L-1", name, value, unit)) == ours
