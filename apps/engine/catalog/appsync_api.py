"""AWS AppSync, GraphQL API."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from apps.engine.catalog._lines import steps, used
from apps.engine.catalog._quotas import quota_limit
from apps.engine.catalog.base import (
    Accepts,
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

# AppSync allots one token to a query or mutation that needs at most 1,500 KB-seconds.
# https://docs.aws.amazon.com/general/latest/gr/appsync.html
TOKENS = "appsync.request_tokens"
# Metered in steps of 5 KB. https://aws.amazon.com/appsync/pricing/
BYTES_PER_OPERATION = 5 * 1024
BYTES_PER_GB = 2**30
# https://docs.aws.amazon.com/appsync/latest/devguide/enabling-caching.html
CACHES = ("SMALL", "MEDIUM", "LARGE", "XLARGE", "LARGE_2X", "LARGE_4X", "LARGE_8X", "LARGE_12X")


@dataclass(frozen=True, slots=True, kw_only=True)
class AppsyncApi(Kind):
    """A request is a query or a mutation, which takes one token; subscriptions are not drawn."""

    name: ClassVar[str] = "appsync_api"
    label: ClassVar[str] = "GraphQL API"
    service: ClassVar[str] = "appsync"
    source_url: ClassVar[str] = "https://docs.aws.amazon.com/general/latest/gr/appsync.html"
    ENTRY: ClassVar[str] = "request"
    FACES_USERS: ClassVar[bool] = True
    ROUTES: ClassVar[bool] = True
    TEMPLATE: ClassVar[tuple[Property, ...]] = (
        Property("AWS::AppSync::GraphQLApi", "AuthenticationType", "authentication"),
        Property("AWS::Serverless::GraphQLApi", "Auth.Type", "authentication"),
        Property("aws_appsync_graphql_api", "authentication_type", "authentication"),
    )
    ACCEPTS: ClassVar[Mapping[str, Accepts]] = {"request": Accepts("sync")}
    METRICS: ClassVar[tuple[Metric, ...]] = (
        Metric("AWS/AppSync", "TokensConsumed", "Sum", "rate"),
        Metric("AWS/AppSync", "Latency", "Average", "response"),
    )

    authentication: str = setting(
        "API_KEY",
        "Who may ask",
        choices=(
            "API_KEY",
            "AWS_IAM",
            "AMAZON_COGNITO_USER_POOLS",
            "OPENID_CONNECT",
            "AWS_LAMBDA",
        ),
    )
    cache: str = setting("", "Cache", choices=("", *CACHES), hint="Empty: no cache.")

    def assumed(self, facts: Facts) -> Mapping[str, Spread]:
        return {
            "latency_ms": about(10.0, up=3.0, rule="Overhead of AppSync", unit="ms"),
            "bytes_out": about(5000.0, down=0.4, up=10.0, rule="A JSON response", unit="bytes"),
        }

    def stages(self, facts: Facts, place: Place) -> tuple[Lane, ...]:
        rate = facts.quota(TOKENS)
        # AWS states a rate and no burst; a second's worth stands for it.
        return (Lane("request", (Gate(rate, rate, place.value("latency_ms") / 1000.0),)),)

    def limits(self, facts: Facts, place: Place) -> tuple[Limit, ...]:
        return (
            quota_limit(
                facts,
                TOKENS,
                role="request",
                gauge="rate",
                label="request tokens of all GraphQL APIs",
                unit="operations/s",
                effect="429 to clients",
                remedy="Ask AWS for more request tokens, or ask for more in one operation.",
            ),
        )

    def usage(self, meters: Meters) -> tuple[Usage, ...]:
        operations = meters.passed.get("request", 0.0)
        size = meters.bytes_out / operations if operations else 0.0
        return (
            Usage(
                "appsync.operations",
                "Query and data modification operations",
                "operation",
                operations * steps(size, BYTES_PER_OPERATION),
                "In steps of 5 KB",
            ),
            *self._realtime_lines(meters),
            Usage(
                "dto.internet_gb",
                "Data transfer out",
                "GB",
                meters.bytes_out / BYTES_PER_GB if meters.is_edge else 0.0,
                "To the internet, drawn or not",
            ),
        )

    def _realtime_lines(self, meters: Meters) -> tuple[Usage, ...]:
        """Return what subscriptions cost, which are billed where given, and the cache."""
        given, hours = meters.given, meters.hours
        updates = given.get("updates", 0.0) * steps(
            given.get("update_kb", 0.0) * 1024.0, BYTES_PER_OPERATION
        )
        minutes = given.get("connection_minutes", 0.0)
        return used(
            Usage("appsync.realtime_updates", "Real-time updates", "update", updates),
            Usage("appsync.connection_minutes", "Connection minutes", "minute", minutes),
            Usage(
                f"appsync.cache_hour.{self.cache.lower()}",
                f"Cache ({self.cache})",
                "hour",
                hours if self.cache else 0.0,
                "Used or not",
            ),
        )
