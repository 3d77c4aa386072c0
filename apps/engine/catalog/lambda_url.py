"""AWS Lambda function URL."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from apps.engine.catalog.base import (
    TEXT,
    Accepts,
    Kind,
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
from apps.engine.stages.delay import Delay

URL, TERRAFORM = "AWS::Lambda::Url", "aws_lambda_function_url"
BYTES_PER_GB = 2**30
# So much of each streamed answer costs nothing. https://aws.amazon.com/lambda/pricing/
FREE_STREAM_BYTES = 6 * 2**20


@dataclass(frozen=True, slots=True, kw_only=True)
class LambdaUrl(Kind):
    """It has no throttle of its own: the concurrency of its function is what holds it back."""

    name: ClassVar[str] = "lambda_url"
    label: ClassVar[str] = "Function URL"
    service: ClassVar[str] = "lambda"
    source_url: ClassVar[str] = (
        "https://docs.aws.amazon.com/lambda/latest/dg/urls-configuration.html"
    )
    ENTRY: ClassVar[str] = "request"
    FACES_USERS: ClassVar[bool] = True
    ROUTES: ClassVar[bool] = True
    TEMPLATE: ClassVar[tuple[Property, ...]] = (
        Property(URL, "AuthType", "auth_type", TEXT),
        Property(URL, "InvokeMode", "invoke_mode", TEXT),
        Property(TERRAFORM, "authorization_type", "auth_type", TEXT),
        Property(TERRAFORM, "invoke_mode", "invoke_mode", TEXT),
    )
    ACCEPTS: ClassVar[Mapping[str, Accepts]] = {"request": Accepts("sync")}
    METRICS: ClassVar[tuple[Metric, ...]] = (
        Metric("AWS/Lambda", "UrlRequestCount", "Sum", "rate"),
    )

    auth_type: str = setting("NONE", "Who may call", choices=("NONE", "AWS_IAM"))
    invoke_mode: str = setting(
        "BUFFERED",
        "Answer",
        choices=("BUFFERED", "RESPONSE_STREAM"),
        hint="A stream begins before the whole answer is there, and may exceed 6 MB.",
    )

    def assumed(self, facts: Facts) -> Mapping[str, Spread]:
        return {
            "latency_ms": about(10.0, up=3.0, rule="Overhead of calling a function", unit="ms"),
            "bytes_out": about(5000.0, down=0.4, up=10.0, rule="A JSON response", unit="bytes"),
        }

    def stages(self, facts: Facts, place: Place) -> tuple[Lane, ...]:
        return (Lane("request", (Delay(place.value("latency_ms") / 1000.0),)),)

    def usage(self, meters: Meters) -> tuple[Usage, ...]:
        lines = [
            Usage(
                "dto.internet_gb",
                "Data transfer out",
                "GB",
                meters.bytes_out / BYTES_PER_GB if meters.is_edge else 0.0,
                "To the internet, drawn or not; the URL itself costs nothing",
            )
        ]
        if self.invoke_mode == "RESPONSE_STREAM":
            free = FREE_STREAM_BYTES * meters.passed.get("request", 0.0)
            streamed_gb = max(0.0, meters.bytes_out - free) / BYTES_PER_GB
            label, note = "Streamed answers", "Beyond the first 6 MB of each, by their mean size"
            lines.append(Usage("lambda.response_streaming_gb", label, "GB", streamed_gb, note))
        return tuple(lines)
