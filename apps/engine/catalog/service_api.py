"""An AWS service that is called by its API and has no kind of its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from apps.engine.catalog.base import Accepts, Kind, Place, Spread, setting
from apps.engine.facts import Facts
from apps.engine.stages.base import Lane
from apps.engine.stages.delay import Delay

# They look something up, or take something in, and answer at once.
QUICK = frozenset(
    {
        *("appconfig", "cloudwatch", "cognito", "ecr", "efs", "firehose", "iot", "location"),
        *("memorydb", "mq", "msk", "opensearch", "pinpoint", "route53", "scheduler"),
        *("secretsmanager", "ses", "ssm", "timestream", "verifiedpermissions", "waf"),
    }
)
# They write text with a large model.
GENERATIVE = frozenset({"bedrock"})
QUICK_MS = Spread(20.0, 10.0, 60.0, "A small request to a service that answers at once", "ms")
ANALYSIS_MS = Spread(
    300.0, 100.0, 3000.0, "A service that analyses, starts a job or asks a model", "ms"
)
GENERATION_MS = Spread(2000.0, 500.0, 10_000.0, "A large model that writes some text", "ms")


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceApi(Kind):
    """Its quotas and prices are not known here: it passes what comes, and nothing is billed."""

    name: ClassVar[str] = "service_api"
    label: ClassVar[str] = "AWS service called by its API"
    source_url: ClassVar[str] = (
        "https://docs.aws.amazon.com/general/latest/gr/aws-service-information.html"
    )
    # Some of them call functions, such as an agent or a rule of IoT.
    ENTRY: ClassVar[str] = "call"
    ACCEPTS: ClassVar[Mapping[str, Accepts]] = {"call": Accepts("sync")}

    # The short name of the service, such as ssm.
    service: str = setting("", "Service")  # type: ignore[misc]

    @property
    def has_unknown_limit(self) -> bool:
        return True

    def assumed(self, facts: Facts) -> Mapping[str, Spread]:
        return {"latency_ms": self._latency()}

    def _latency(self) -> Spread:
        if self.service in GENERATIVE:
            return GENERATION_MS
        return QUICK_MS if self.service in QUICK else ANALYSIS_MS

    def stages(self, facts: Facts, place: Place) -> tuple[Lane, ...]:
        return (Lane("call", (Delay(place.value("latency_ms") / 1000.0),)),)
