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
    is_always_there: bool = True


# KMS answers less in most Regions than in the three largest, as the note of its quota says.
# https://docs.aws.amazon.com/kms/latest/developerguide/requests-per-second.html
KMS = "kms.symmetric"
_KMS_LARGEST = frozenset({"us-east-1", "us-west-2", "eu-west-1"})
_KMS_LARGE = frozenset(
    {
        *("us-east-2", "ap-southeast-1", "ap-southeast-2", "ap-northeast-1"),
        *("eu-central-1", "eu-west-2"),
    }
)
_KMS_LARGE_PER_S, _KMS_ELSEWHERE_PER_S = 20_000.0, 10_000.0
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
    KMS: Quota(
        "requests to KMS",
        "req/s",
        KMS,
        "calls that need the key are throttled, and so are those to buckets that it encrypts",
        "Turn bucket keys on, or ask for a higher account quota of KMS.",
        "aws service-quotas list-service-quotas --service-code kms",
        is_always_there=False,
    ),
    "secretsmanager.get_secret_value": Quota(
        "reads of secrets",
        "req/s",
        "secretsmanager.get_secret_value",
        "reads are throttled, and environments that start fail",
        "Read a secret once for each environment and keep it, or use the caching extension.",
        "aws cloudwatch get-metric-statistics --namespace AWS/Usage --metric-name CallCount",
        is_always_there=False,
    ),
    "ssm.get_parameter_default": Quota(
        "reads of parameters",
        "req/s",
        "ssm.get_parameter_default",
        "reads are throttled, and environments that start fail",
        "Read parameters once for each environment, or turn higher throughput on.",
        "aws ssm get-service-setting --setting-id /ssm/parameter-store/high-throughput-enabled",
        is_always_there=False,
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

    def capacity(self, facts: Facts, quota_id: str, kept: float = 0.0) -> float:
        """Return a quota as it is set, less what others use or keep for themselves; at least 1.

        Parameters
        ----------
        facts : Facts
            Prices, quotas and classes of the scenario's Region.
        quota_id : str
            Id of the quota.
        kept : float, optional
            What other components keep for themselves; it counts for concurrency alone.
            [environments]

        Returns
        -------
        float
            What is left, in the quota's unit. [environments, or requests/s]

        References
        ----------
        .. [1] https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html
        """
        if quota_id == KMS and facts.region not in _KMS_LARGEST:
            return _KMS_LARGE_PER_S if facts.region in _KMS_LARGE else _KMS_ELSEWHERE_PER_S
        if quota_id != "lambda.concurrent_executions":
            return facts.quota(quota_id)
        limit = self.lambda_concurrency or facts.quota(quota_id)
        return max(1.0, limit - self.used_by_others - kept)

    def _shared(self, facts: Facts, quota_id: str, place: Place) -> float:
        """Return what is left of a quota for those that keep nothing of it for themselves."""
        kept = sum(kind.reserves(quota_id) for kind in place.neighbours.values())
        return self.capacity(facts, quota_id, kept)

    @staticmethod
    def drawn_on(place: Place) -> Mapping[str, Quota]:
        """Return the quotas that a design is held to; all where no design is known.

        Parameters
        ----------
        place : Place
            The account's place; its neighbours are the components of the design.

        Returns
        -------
        mapping of str to Quota
            By id.
        """
        if not place.neighbours:
            return QUOTAS
        asked = {name for kind in place.neighbours.values() for name in kind.draws_on}
        return {
            name: quota for name, quota in QUOTAS.items() if quota.is_always_there or name in asked
        }

    def stages(self, facts: Facts, place: Place) -> tuple[Lane, ...]:
        return tuple(
            Lane(
                quota_id,
                (
                    Shared(
                        self._shared(facts, quota_id, place),
                        self.capacity(facts, quota.burst_id) if quota.burst_id else 0.0,
                    ),
                ),
                emits=False,
            )
            for quota_id, quota in self.drawn_on(place).items()
        )

    def limits(self, facts: Facts, place: Place) -> tuple[Limit, ...]:
        return tuple(
            Limit(
                id=quota_id,
                role=quota_id,
                gauge="quota",
                label=quota.label,
                capacity=self._shared(facts, quota_id, place),
                unit=quota.unit,
                effect=quota.effect,
                remedy=quota.remedy,
                source_url=facts.quota_row(quota_id).source_url,
                is_adjustable=True,
                check_command=quota.check_command,
            )
            for quota_id, quota in self.drawn_on(place).items()
        )


def account_in(region: str, **settings: int | None) -> Component:
    """Return the component that stands for an account's quotas in a Region.

    Parameters
    ----------
    region : str
        Name of the Region.
    **settings : int or None
        Settings of the account that are known; None leaves the default.

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
