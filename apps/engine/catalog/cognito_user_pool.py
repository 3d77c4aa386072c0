"""Amazon Cognito user pool."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from apps.engine.catalog._lines import used
from apps.engine.catalog._quotas import quota_limit
from apps.engine.catalog.base import (
    Accepts,
    Conversion,
    Kind,
    Limit,
    Meters,
    Metric,
    Place,
    Property,
    Spread,
    Usage,
    about,
    setting,
)
from apps.engine.facts import Facts
from apps.engine.stages.base import Lane
from apps.engine.stages.gate import Gate

POOL = "AWS::Cognito::UserPool"
AUTHENTICATION = "cognito.user_authentication"
LOWER = Conversion(lambda value: str(value).lower(), lambda value: str(value).upper())


@dataclass(frozen=True, slots=True, kw_only=True)
class CognitoUserPool(Kind):
    """Only sign-ins come here: an authorizer checks their tokens without asking the pool."""

    name: ClassVar[str] = "cognito_user_pool"
    label: ClassVar[str] = "Cognito user pool"
    service: ClassVar[str] = "cognito"
    source_url: ClassVar[str] = (
        "https://docs.aws.amazon.com/cognito/latest/developerguide/quotas.html"
    )
    TEMPLATE: ClassVar[tuple[Property, ...]] = (
        Property(POOL, "UserPoolTier", "tier", LOWER),
        Property("aws_cognito_user_pool", "user_pool_tier", "tier", LOWER),
    )
    ACCEPTS: ClassVar[Mapping[str, Accepts]] = {
        "sign_in": Accepts(
            "sync",
            calls=Spread(
                0.05,
                0.01,
                0.3,
                "People sign in once a visit, and a visit has many requests.",
            ),
        )
    }
    METRICS: ClassVar[tuple[Metric, ...]] = (Metric("AWS/Cognito", "CallCount", "Sum", "rate"),)

    tier: str = setting("essentials", "Plan", choices=("lite", "essentials", "plus"))

    def assumed(self, facts: Facts) -> Mapping[str, Spread]:
        return {"latency_ms": about(100.0, up=5.0, rule="One sign-in", unit="ms")}

    def stages(self, facts: Facts, place: Place) -> tuple[Lane, ...]:
        rate = facts.quota(AUTHENTICATION)
        return (Lane("sign_in", (Gate(rate, rate, place.value("latency_ms") / 1000.0),)),)

    def limits(self, facts: Facts, place: Place) -> tuple[Limit, ...]:
        return (
            quota_limit(
                facts,
                AUTHENTICATION,
                role="sign_in",
                gauge="rate",
                label="sign-ins of all user pools",
                unit="sign-ins/s",
                effect="TooManyRequestsException: people cannot sign in",
                remedy="Buy more of the UserAuthentication category, or let sessions live longer.",
                check_command="aws service-quotas list-service-quotas --service-code cognito-idp",
            ),
        )

    def usage(self, meters: Meters) -> tuple[Usage, ...]:
        given, months = meters.given, meters.hours / 730.0
        clients = given.get("machine_clients", 0.0) * months
        return (
            Usage(
                f"cognito.{self.tier}.mau",
                f"Monthly active users ({self.tier.capitalize()})",
                "MAU",
                meters.users,
                "As if every monthly user signs in",
            ),
            *used(
                Usage(
                    "cognito.federated_mau",
                    "Monthly active users from SAML or OIDC",
                    "MAU",
                    given.get("federated_users", 0.0),
                ),
                Usage("cognito.machine_client_month", "Machine clients", "month", clients),
                Usage(
                    "cognito.machine_tokens",
                    "Tokens for machines",
                    "request",
                    given.get("machine_tokens", 0.0),
                ),
            ),
        )
