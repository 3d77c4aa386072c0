"""REPORT lines of AWS Lambda, as CloudWatch gives them out: text, CSV or JSON.

Source of the form: https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs.html
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from apps.engine.requests.life_estimate import Use

_REPORT = re.compile(r"REPORT RequestId:\s*(\S+)")
_DURATION = re.compile(r"(?<!Billed )(?<!Init )(?<!Restore )Duration:\s*([\d.]+) ms")
_INIT = re.compile(r"(?:Init|(?<!Billed )Restore) Duration:\s*([\d.]+) ms")
_STREAM = re.compile(r"\d{4}/\d{2}/\d{2}/\S*\[[^\]]+\]\s*[0-9a-zA-Z]+")
_ISO = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d+)?(?:Z|[+-]\d\d:?\d\d)?")
_EPOCH_MS = re.compile(r"(?<![\d.])1\d{12}(?![\d.])")


class UnreadableLog(ValueError):
    """What was given holds no REPORT line that could be read; the text says why."""


@dataclass(frozen=True, slots=True)
class Report:
    """One request as its REPORT line tells it: its end, and how long it took. [s]"""

    stream: str
    end_s: float
    duration_s: float
    init_s: float | None

    @property
    def use(self) -> Use:
        """The request, begun when its environment was asked for."""
        start_s = self.end_s - self.duration_s - (self.init_s or 0.0)
        is_cold = self.init_s is not None
        return Use(start_s, self.end_s, is_cold, self.stream, self.init_s or 0.0)


def read_reports(lines: Iterable[str]) -> list[Report]:
    """Return the requests in a log. Raises UnreadableLog where there are none."""
    reports: dict[str, Report] = {}
    without_time = 0
    for when, stream, message in _messages(lines):
        found, duration = _REPORT.search(message), _DURATION.search(message)
        if found is None or duration is None:
            continue
        end_s = _seconds(when or message)
        if end_s is None:
            without_time += 1
            continue
        init = _INIT.search(message)
        init_s = float(init[1]) / 1000.0 if init else None
        # An export may hold the same line twice, and an id again only if Lambda tried again.
        key = f"{found[1]} {end_s}"
        reports[key] = Report(
            _stream(stream or message), end_s, float(duration[1]) / 1000.0, init_s
        )
    if not reports:
        raise UnreadableLog(
            "There are REPORT lines, but none with a time." if without_time else
            "There is no REPORT line of AWS Lambda in it."
        )  # fmt: skip
    return list(reports.values())


def _messages(lines: Iterable[str]) -> Iterator[tuple[str, str, str]]:
    """Yield (time, log stream, message), the first two empty where they are in the message."""
    lines = iter(lines)
    first = next(lines, "")
    if first.lstrip().startswith(("{", "[")):
        yield from _events("".join([first, *lines]))
        return
    for line in (first, *lines):
        yield "", "", line


def _events(text: str) -> Iterator[tuple[str, str, str]]:
    """Yield the events of a JSON document, or of JSON lines."""
    try:
        documents = [json.loads(text)]
    except (json.JSONDecodeError, RecursionError):
        try:
            documents = [json.loads(line) for line in text.splitlines() if line.strip()]
        except (json.JSONDecodeError, RecursionError) as error:
            raise UnreadableLog(
                "It begins like JSON, but is neither JSON nor JSON lines."
            ) from error
    for document in documents:
        events = document.get("events", document) if isinstance(document, dict) else document
        for event in events if isinstance(events, list) else [events]:
            if isinstance(event, dict):
                yield _event(event)


def _event(event: dict[str, Any]) -> tuple[str, str, str]:
    stream = event.get("logStreamName") or event.get("@logStream") or ""
    when = event.get("timestamp") or event.get("@timestamp") or event.get("time") or ""
    message = event.get("message") or event.get("@message") or ""
    return str(when), str(stream), str(message)


def _stream(text: str) -> str:
    found = _STREAM.search(text)
    return found[0] if found else ""


def _seconds(text: str) -> float | None:
    """Return seconds since 1970 of the first time in a text."""
    iso, epoch = _ISO.search(text), _EPOCH_MS.search(text)
    if iso:
        try:
            moment = datetime.fromisoformat(iso[0].replace(",", "."))
        except ValueError:
            return None
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    return float(epoch[0]) / 1000.0 if epoch else None
