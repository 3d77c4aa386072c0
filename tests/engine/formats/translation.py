"""What AWS's own translator makes of a SAM template, offline."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from samtranslator.parser.parser import Parser
from samtranslator.translator.translator import Translator

from apps.engine import formats
from apps.engine.catalog import KINDS
from apps.engine.formats.cloudformation.documents import read_text
from apps.engine.graph import Architecture

SAM = "AWS::Serverless-2016-10-31"
_CODE = "s3://bucket/code.zip"
# Where SAM types name a file beside the template, which is uploaded before it is translated.
_FILES = {
    "AWS::Serverless::Api": "DefinitionUri",
    "AWS::Serverless::Application": "Location",
    "AWS::Serverless::Function": "CodeUri",
    "AWS::Serverless::HttpApi": "DefinitionUri",
    "AWS::Serverless::LayerVersion": "ContentUri",
    "AWS::Serverless::StateMachine": "DefinitionUri",
}


def plain(name: str, text: str) -> dict[str, Any]:
    """Return a template as plain values, its functions in their long form."""
    document: dict[str, Any] = read_text(name, text, lambda _: None).plain()
    return document


def is_sam(document: Mapping[str, Any]) -> bool:
    return SAM in str(document.get("Transform"))


def translated(document: Mapping[str, Any], monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Return what a SAM template stands for. Raises what the translator raises."""
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    copy = json.loads(json.dumps(document))
    common = (copy.get("Globals") or {}).get("Function") or {}
    if "CodeUri" in common:
        common["CodeUri"] = _CODE
    for resource in copy["Resources"].values():
        properties = resource.setdefault("Properties", {})
        path = _FILES.get(resource["Type"], "")
        if isinstance(properties.get(path), str):
            properties[path] = "s3://bucket/" + properties[path].removeprefix("./")
        elif path == "CodeUri" and "CodeUri" not in common:
            _with_code(properties)
    result: dict[str, Any] = Translator({}, Parser()).translate(copy, {})
    return result


def _with_code(properties: dict[str, Any]) -> None:
    if properties.get("PackageType") == "Image":
        properties.setdefault("ImageUri", "123456789012.dkr.ecr.us-east-1.amazonaws.com/a:b")
    elif "InlineCode" not in properties:
        properties["CodeUri"] = _CODE


def imported(document: Mapping[str, Any]) -> Architecture:
    """Return what a template of plain values describes."""
    return formats.read({"template.yaml": json.dumps(document).encode()})


def services(architecture: Architecture) -> dict[str, str]:
    """Return the short service name of each component."""
    return {c.id: str(c.settings.get("service", KINDS[c.kind].service)) for c in architecture}


def service_links(architecture: Architecture) -> set[tuple[str, str]]:
    of = services(architecture)
    return {(of[link.source], of[link.target]) for link in architecture.links}


def service_doors(architecture: Architecture) -> Iterator[tuple[str, str, str, str]]:
    of = services(architecture)
    for link in architecture.links:
        yield of[link.source], of[link.target], link.role, link.mode
