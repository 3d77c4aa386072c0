"""A forecast as SARIF 2.1.0, so that a forge shows its limits at their lines.

https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any
from urllib.parse import quote

from apps.engine.graph import Architecture, Source
from apps.forecasts.rendering import words
from apps.forecasts.rendering.numbers import count

Summary = Mapping[str, Any]
SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
VERSION = "2.1.0"
# The repository's root, which the reader knows.
_ROOT = "%SRCROOT%"


@dataclass(frozen=True, slots=True)
class Found:
    """One result: `rule` is the id of a limit or the name of a target."""

    rule: str
    label: str
    component: str
    level: str
    text: str
    help: str = ""


def as_sarif(summary: dict[str, Any], architecture: Architecture, files: Sequence[str]) -> Any:
    """Return the first limit, further limits below the users asked for, and missed targets."""
    found = list(_results(summary))
    rules = list({item.rule: item for item in found}.values())
    places = {part.id: part.source for part in architecture if part.source is not None}
    index = {item.rule: place for place, item in enumerate(rules)}
    driver = {"name": "Headroom", "rules": [_rule(item) for item in rules]}
    run = {
        "tool": {"driver": driver},
        "columnKind": "utf16CodeUnits",
        "originalUriBaseIds": {_ROOT: {"description": {"text": "The root of the repository."}}},
        "results": [
            _result(item, index[item.rule], places.get(item.component) or _top(places, files))
            for item in found
        ],
    }
    return {"$schema": SCHEMA, "version": VERSION, "runs": [run]}


def _results(summary: dict[str, Any]) -> Iterator[Found]:
    holds, asked = summary["holds_users"]["expected"], summary["asked_users"]
    for row, sentence in zip(summary["missed_targets"], words.missed(summary), strict=True):
        yield Found(row["target"], row["label"], row["component"], "error", sentence)
    first = summary["first_limit"]
    if first is not None and holds is not None:
        level = "error" if holds < asked else "note"
        text = f"{words.headline(summary)} {words.first_limit(summary)} {words.headroom(summary)}"
        help_ = first["remedy"]
        yield Found(first["limit"], first["label"], first["component"], level, text, help_)
    for row in summary["next_limits"]:
        if row["holds_users"] is None or row["holds_users"] >= asked:
            continue
        users = f"{count(row['holds_users'])} {words.unit(summary)}"
        text = (
            f"{row['label']} of {row['component']} is full at about {users}, and "
            f"{count(asked)} are asked for. {row['effect']}."
        )
        label, component = row["label"], row["component"]
        yield Found(row["limit"], label, component, "error", text, row["remedy"])


def _rule(item: Found) -> dict[str, Any]:
    rule = {
        "id": item.rule,
        "name": "".join(word.capitalize() for word in item.rule.replace(".", "_").split("_")),
        "shortDescription": {"text": item.label[:1].upper() + item.label[1:]},
        "defaultConfiguration": {"level": "warning"},
    }
    return rule | ({"help": {"text": item.help}} if item.help else {})


def _result(item: Found, index: int, source: Source | None) -> dict[str, Any]:
    result: dict[str, Any] = {
        "ruleId": item.rule,
        "ruleIndex": index,
        "level": item.level,
        "message": {"text": _text(item.text)},
        # A line may move; the limit of a component stays the same result.
        "partialFingerprints": {"headroom/limit/v1": f"{item.component}/{item.rule}"},
        "properties": {"component": item.component},
    }
    if source is not None:
        result["locations"] = [_location(item.component, source)]
    return result


def _text(text: str) -> str:
    """Return one line, in which a brace stands for itself and holds no argument (3.11.5)."""
    return " ".join(text.split()).replace("{", "{{").replace("}", "}}")


def _location(component: str, source: Source) -> dict[str, Any]:
    return {
        "physicalLocation": {
            "artifactLocation": {"uri": _uri(source.file), "uriBaseId": _ROOT},
            "region": {"startLine": max(1, source.line)},
        },
        "logicalLocations": [{"name": component, "kind": "resource"}],
    }


def _uri(path: str) -> str:
    return quote(path)


def _top(places: Mapping[str, Source], files: Sequence[str]) -> Source | None:
    """Return the first line of the first file, where what no template defines is shown."""
    # What was given may be a folder.
    given = [name for name in files if PurePath(name).suffix]
    named = given or [source.file for source in places.values()]
    return Source(named[0], 1) if named else None
