"""Log lines: JSON with the id of the request, in one line each, and without secrets.

A record may carry numbers to be measured: `logger.info("…", extra={"metrics": {"Swept": 3}})`.
In JSON they become CloudWatch metrics, in its embedded format, so that no call of AWS is made.

Reference:
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
"""

from __future__ import annotations

import json
import logging
import math
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any, Final

from django.conf import settings

from apps.outages import outage_of
from project.ops.scrubbing import scrub

NO_REQUEST: Final = "-"
request_id: ContextVar[str] = ContextVar("request_id", default=NO_REQUEST)
# By the end of the name of a metric.
UNITS: Final = {"Ms": "Milliseconds", "Seconds": "Seconds", "Bytes": "Bytes"}


class OutageFilter(logging.Filter):
    """Leave Django's own line on an outage out: `OutageMiddleware` writes one."""

    def filter(self, record: logging.LogRecord) -> bool:
        return outage_of(record.exc_info[1] if record.exc_info else None) is None


class LineFormatter(logging.Formatter):
    """One line for a person at home."""

    def format(self, record: logging.LogRecord) -> str:
        return scrub(super().format(record))


class JsonFormatter(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        return json.dumps(self._entry(record), default=str, ensure_ascii=False)

    def _entry(self, record: logging.LogRecord) -> dict[str, Any]:
        entry: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": scrub(record.getMessage()),
            "request_id": request_id.get(),
            "stage": settings.STAGE,
        }
        if record.exc_info:
            entry["trace"] = scrub(self.formatException(record.exc_info))
        entry |= {key: _clean(value) for key, value in getattr(record, "fields", {}).items()}
        return entry | embedded(getattr(record, "metrics", {}), record.created)


def embedded(metrics: dict[str, float], created_s: float) -> dict[str, Any]:
    """Return the fields that make CloudWatch read numbers out of a log line.

    Parameters
    ----------
    metrics
        Values by name; what is not finite is left out, for JSON and CloudWatch refuse it.
    created_s
        Unix time of the record. [s]
    """
    finite = {name: value for name, value in metrics.items() if math.isfinite(value)}
    if not finite:
        return {}
    directive = {
        "Namespace": settings.METRICS_NAMESPACE,
        # By stage alone: each further value of a dimension is a metric more on the bill.
        "Dimensions": [["stage"]],
        "Metrics": [{"Name": name, "Unit": _unit(name)} for name in finite],
    }
    return {"_aws": {"Timestamp": int(created_s * 1000), "CloudWatchMetrics": [directive]}} | finite


def _unit(name: str) -> str:
    return next((unit for end, unit in UNITS.items() if name.endswith(end)), "Count")


def _clean(value: object) -> object:
    return scrub(value) if isinstance(value, str) else value
