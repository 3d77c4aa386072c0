"""Five hundred changes in a template at AWS's limit take less than a second of the processor."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

import pytest

from apps.engine.formats.cloudformation.export import export_templates

MAX_S = 1.0
COUNT = 500
RESOURCE = """\
  F{0}:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: python3.13
      Handler: a.b  # of {0}
"""


def as_yaml() -> bytes:
    resources = "".join(RESOURCE.format(number) for number in range(COUNT))
    return f"Transform: AWS::Serverless-2016-10-31\nResources:\n{resources}".encode()


def as_json() -> bytes:
    properties = {"Runtime": "python3.13", "Handler": "a.b"}
    function = {"Type": "AWS::Serverless::Function", "Properties": properties}
    resources = {f"F{number}": function for number in range(COUNT)}
    whole = {"Transform": "AWS::Serverless-2016-10-31", "Resources": resources}
    return json.dumps(whole, indent=2).encode()


@pytest.mark.parametrize("make", [as_yaml, as_json])
@pytest.mark.parametrize(
    ("settings", "more_lines"),
    [({"memory_mb": 512}, 1), ({"runtime": "python3.12"}, 0), ({"runtime": None}, -1)],
    ids=["added", "changed", "taken out"],
)
def test_five_hundred_changes(
    make: Callable[[], bytes], settings: dict[str, Any], more_lines: int
) -> None:
    before = make()
    changes = {f"F{number}": settings for number in range(COUNT)}

    times = []
    for _ in range(2):  # What else runs on the machine makes a single run longer.
        start = time.process_time()
        export = export_templates({"t": before}, changes)
        times.append(time.process_time() - start)

    after = export.files["t"]
    assert not export.refused
    assert after.count(b"\n") - before.count(b"\n") == COUNT * more_lines
    assert min(times) < MAX_S


def test_several_lines_new_in_one_resource_stand_in_the_order_of_the_changes() -> None:
    before = as_yaml()
    settings = {"memory_mb": 512, "timeout_s": 9, "ephemeral_mb": 1024}

    after = export_templates({"t": before}, {"F7": settings, "F8": settings}).files["t"]

    new = b"      MemorySize: 512\n      Timeout: 9\n      EphemeralStorage:\n        Size: 1024\n"
    expected = before.replace(b"# of 7\n", b"# of 7\n" + new).replace(
        b"# of 8\n", b"# of 8\n" + new
    )
    assert after == expected
