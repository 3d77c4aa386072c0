"""The quotas of an account in a Region, which several components draw on together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, NamedTuple

from apps.engine.catalog.base import Kind, Limit, Place, setting
from apps.engine.facts import Facts
from apps.engine.graph import Component
from apps.engine.stages.base import Lane
from apps.engine.stages.shared import Shared


class Quota(NamedTuple):
    """How a quota refuses: at once by number, or by a bucket whose size is another quota."""

    label: str
    unit: str
    burst_id: str
    effect: str
    remedy: str
    check_command: str


QUOTAS: Mapping[str, Quota] = {
    "lambda.concurrent_executions": Quota(
        "concurrent executions",
        "environments",
        "",
        "429 to callers; events and messages wait and are retried",
        "Ask for a higher account quota, or shorten the longest durations.",
        "aws lambda get-account-settings",
    ),
    "apigateway.throttle_rate": Quota(
        "requests of all APIs",
        "req/s",
        "apigateway.throttle_burst",
        "429 to clients",
        "Ask for a higher account quota of API Gateway.",
        "aws service-quotas get-service-quota --service-code apigateway --quota-code L-8A5B8E43",
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Account(Kind):
    name: ClassVar[str] = "account"
    label: ClassVar[str] = "Account quotas"
    service: ClassVar[str] = ""
    source_url: ClassVar[str] = (
        "https://docs.aws.amazon.com/general/latest/gr/aws_service_limits.html"
    )

    lambda_concurrency: int | None = setting(
        None, "Lambda concurrency of the account", low=1, high=1_000_000, hint="Empty: 1,000."
    )
    used_by_others: int = setting(0, "Used by other applications", low=0, high=1_000_000)

    def capacity(self, facts: Facts, quota_id: str) -> float:
        """Return a quota as it is set, less what others use; at least 1."""
        if quota_id != "lambda.concurrent_executions":
            return facts.quota(quota_id)
        limit = self.lambda_concurrency or facts.quota(quota_id)
        return max(1.0, limit - self.used_by_others)

    def stages(self, facts: Facts, place: Place) -> tuple[Lane, ...]:
        return tuple(
            Lane(
                quota_id,
                (
                    Shared(
                        self.capacity(facts, quota_id),
                        facts.quota(quota.burst_id) if quota.burst_id else 0.0,
                    ),
                ),
                emits=False,
            )
            for quota_id, quota in QUOTAS.items()
        )

    def limits(self, facts: Facts, place: Place) -> tuple[Limit, ...]:
        return tuple(
            Limit(
                id=quota_id,
                role=quota_id,
                gauge="quota",
                label=quota.label,
                capacity=self.capacity(facts, quota_id),
                unit=quota.unit,
                effect=quota.effect,
                remedy=quota.remedy,
                source_url=facts.quota_row(quota_id).source_url,
                is_adjustable=True,
                check_command=quota.check_command,
            )
            for quota_id, quota in QUOTAS.items()
        )


def account_in(region: str, **settings: int | None) -> Component:
    """Return the component that stands for an account's quotas in a Region.

    Parameters
    ----------
    region : str
        Name of the Region.

    Returns
    -------
    Component
        The component `account:<region>`.
    """
    return Component(
        id=f"account:{region}",
        kind=Account.name,
        name=f"Account quotas in {region}",
        settings={key: value for key, value in settings.items() if value is not None},
    )
