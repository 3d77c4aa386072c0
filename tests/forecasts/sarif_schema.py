"""What SARIF 2.1.0 allows and requires of the objects that Headroom writes, as a JSON Schema.

Names, required properties, enumerations and bounds are those of OASIS's own schema:
https://github.com/oasis-tcs/sarif-spec/blob/main/Documents/CommitteeSpecifications/2.1.0/sarif-schema-2.1.0.json
"""

from __future__ import annotations

from typing import Any

_LEVEL = {"enum": ["none", "note", "warning", "error"]}
_KIND = {"enum": ["notApplicable", "pass", "fail", "review", "open", "informational"]}
_TEXT = {"type": "string"}
_INDEX = {"type": "integer", "minimum": -1}
_FROM_1 = {"type": "integer", "minimum": 1}
_TEXTS = {"type": "object", "additionalProperties": _TEXT}
_BAG = {"type": "object"}


def _ref(name: str) -> dict[str, Any]:
    return {"$ref": f"#/definitions/{name}"}


def _object(*required: str, **properties: Any) -> dict[str, Any]:
    """Return an object that has these properties, these must be there, and no others may."""
    return {
        "type": "object",
        "additionalProperties": False,
        "required": list(required),
        "properties": {**properties, "properties": _BAG},
    }


def _list(of: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": of}


SCHEMA: dict[str, Any] = {
    "$schema": "http://json-schema.org/draft-07/schema#",
    **_object(
        "version",
        "runs",
        **{"$schema": {"type": "string", "format": "uri"}},
        version={"enum": ["2.1.0"]},
        runs=_list(_ref("run")),
    ),
    "definitions": {
        "run": _object(
            "tool",
            tool=_ref("tool"),
            results=_list(_ref("result")),
            columnKind={"enum": ["utf16CodeUnits", "unicodeCodePoints"]},
            originalUriBaseIds={
                "type": "object",
                "additionalProperties": _ref("artifactLocation"),
            },
        ),
        "tool": _object("driver", driver=_ref("toolComponent")),
        "toolComponent": _object(
            "name",
            name=_TEXT,
            version=_TEXT,
            semanticVersion=_TEXT,
            informationUri={"type": "string", "format": "uri"},
            rules={**_list(_ref("reportingDescriptor")), "uniqueItems": True},
        ),
        "reportingDescriptor": _object(
            "id",
            id=_TEXT,
            name=_TEXT,
            shortDescription=_ref("multiformatMessageString"),
            fullDescription=_ref("multiformatMessageString"),
            defaultConfiguration=_ref("reportingConfiguration"),
            helpUri={"type": "string", "format": "uri"},
            help=_ref("multiformatMessageString"),
        ),
        "reportingConfiguration": _object(
            enabled={"type": "boolean"},
            level=_LEVEL,
            rank={"type": "number", "minimum": -1.0, "maximum": 100.0},
        ),
        "multiformatMessageString": _object("text", text=_TEXT, markdown=_TEXT),
        "message": {
            **_object(text=_TEXT, markdown=_TEXT, id=_TEXT, arguments=_list(_TEXT)),
            "anyOf": [{"required": ["text"]}, {"required": ["id"]}],
        },
        "result": _object(
            "message",
            ruleId=_TEXT,
            ruleIndex=_INDEX,
            kind=_KIND,
            level=_LEVEL,
            message=_ref("message"),
            locations=_list(_ref("location")),
            partialFingerprints=_TEXTS,
            fingerprints=_TEXTS,
        ),
        "location": _object(
            id=_INDEX,
            physicalLocation=_ref("physicalLocation"),
            logicalLocations={**_list(_ref("logicalLocation")), "uniqueItems": True},
            message=_ref("message"),
        ),
        "physicalLocation": _object(
            "artifactLocation", artifactLocation=_ref("artifactLocation"), region=_ref("region")
        ),
        "artifactLocation": _object(
            uri={"type": "string", "pattern": r"^[^\s\\]*$"},
            uriBaseId=_TEXT,
            index=_INDEX,
            description=_ref("message"),
        ),
        "region": _object(
            startLine=_FROM_1, startColumn=_FROM_1, endLine=_FROM_1, endColumn=_FROM_1
        ),
        "logicalLocation": _object(
            name=_TEXT, index=_INDEX, fullyQualifiedName=_TEXT, decoratedName=_TEXT, kind=_TEXT
        ),
    },
}
