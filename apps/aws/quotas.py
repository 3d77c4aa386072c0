"""Quotas of an account, as Service Quotas and Lambda itself state them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from apps.aws.errors import in_words
from apps.aws.sessions import client_of

CONCURRENCY: Final = "L-B99A9384"
CODE_STORAGE: Final = "L-2ACBD22F"


@dataclass(frozen=True, slots=True)
class AccountQuota:
    """A quota as it holds in an account; `unit` is AWS's word and may be None."""

    code: str
    name: str
    value: float
    unit: str


def quotas_of(session: Any, service: str, region: str) -> dict[str, AccountQuota]:
    """Return the quotas of a service by code: AWS's defaults, and over them what the account has.

    Raises
    ------
    AwsRefused
        AWS did not answer.
    """
    client = client_of(session, "service-quotas", region)
    found = dict(_listed(client, "list_aws_default_service_quotas", service))
    found |= _listed(client, "list_service_quotas", service)
    return found


def lambda_quotas(session: Any, region: str) -> dict[str, AccountQuota]:
    """Return what Lambda enforces in an account; Service Quotas may be behind it.

    Raises
    ------
    AwsRefused
        AWS did not answer.
    """
    with in_words("lambda:GetAccountSettings"):
        limit = client_of(session, "lambda", region).get_account_settings()["AccountLimit"]
    concurrent, stored = limit["ConcurrentExecutions"], limit["TotalCodeSize"]
    return {
        CONCURRENCY: AccountQuota(CONCURRENCY, "Concurrent executions", concurrent, "None"),
        CODE_STORAGE: AccountQuota(CODE_STORAGE, "Function and layer storage", stored, "Bytes"),
    }


def _listed(client: Any, operation: str, service: str) -> Iterator[tuple[str, AccountQuota]]:
    name = "".join(word.capitalize() for word in operation.split("_")).replace("Aws", "AWS")
    pages = client.get_paginator(operation).paginate(ServiceCode=service)
    with in_words(f"servicequotas:{name}"):
        for page in pages:
            for row in page["Quotas"]:
                if "Value" in row:
                    code = row["QuotaCode"]
                    unit = str(row.get("Unit") or "None")
                    yield code, AccountQuota(code, row["QuotaName"], float(row["Value"]), unit)
