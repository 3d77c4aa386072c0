"""Reading a configuration, a plan or a state that a test writes inline."""

from __future__ import annotations

import json
import textwrap
from typing import Any

import pytest

from apps.engine import formats
from apps.engine.graph import Architecture

NAME = "main.tf"
FUNCTION = """
resource "aws_iam_role" "f" {
  name               = "f"
  assume_role_policy = "{}"
}

resource "aws_lambda_function" "f" {
  function_name = "f"
  role          = aws_iam_role.f.arn
  runtime       = "python3.13"
  handler       = "f.handler"
  filename      = "f.zip"
}
"""
F = "aws_lambda_function.f"


def read(text: str, files: dict[str, str] | None = None) -> Architecture:
    """Return what a configuration describes; `files` lie beside it."""
    given = {NAME: textwrap.dedent(text).encode()}
    given |= {name: textwrap.dedent(body).encode() for name, body in (files or {}).items()}
    return formats.read(given)


def refusal(text: str | bytes, files: dict[str, str] | None = None, name: str = NAME) -> str:
    """Return the sentence by which a configuration is refused."""
    data = text if isinstance(text, bytes) else textwrap.dedent(text).encode()
    others = {other: body.encode() for other, body in (files or {}).items()}
    with pytest.raises(formats.UnreadableInput) as caught:
        formats.read({name: data, **others})
    return str(caught.value)


def planned(*resources: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Return a plan that makes resources: `type`, `name`, `values`, and `expressions` if any."""
    shown = [
        {
            "mode": "managed",
            "address": f"{one['type']}.{one['name']}",
            "values": {},
            **{key: value for key, value in one.items() if key != "expressions"},
        }
        for one in resources
    ]
    configured = [
        {
            "mode": one.get("mode", "managed"),
            "type": one["type"],
            "name": one["name"],
            "expressions": one.get("expressions", {}),
        }
        for one in resources
    ]
    return {
        "format_version": "1.2",
        "planned_values": {"root_module": {"resources": shown}},
        "configuration": {"root_module": {"resources": configured}},
        **more,
    }


def read_json(document: dict[str, Any], name: str = "plan.json") -> Architecture:
    return formats.read({name: json.dumps(document).encode()})
