"""Notes in a template come from people too: what cannot be is passed over, and told."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
import yaml

from apps.engine.formats.cloudformation.write import write_template
from apps.engine.graph import Architecture
from tests.engine.formats.cloudformation.write.drawn import drawn, linked, read_back

TEMPLATE = """
Resources:
  Queue: {Type: AWS::SQS::Queue}
  Dead: {Type: AWS::SQS::Queue}
"""


def noted(notes: Any) -> Architecture:
    return read_back(TEMPLATE + yaml.safe_dump({"Metadata": {"Headroom": notes}}))


def test_ids_names_and_settings_are_taken() -> None:
    note = {"Id": "sqs_queue-1", "Name": "Mails", "Settings": {"visibility_timeout_s": "1.5"}}

    queue = noted({"Components": {"Queue": note}}).component("sqs_queue-1")

    assert (queue.name, queue.settings) == ("Mails", {"visibility_timeout_s": 1.5})


@pytest.mark.parametrize(
    "notes",
    [
        "text",
        ["list"],
        {"Components": "text", "Links": "text", "Outside": 3, "Beside": 4, "NoLinks": 5},
        {"Components": {"Gone": {"Id": "x"}}},
        {"Components": {"Queue": {"Id": "Dead"}}},
        {"Components": {"Queue": {"Id": ""}}},
        {"Components": {"Queue": {"Id": "account:us-east-1"}}},
        {"Components": {"Queue": {"Id": "x" * 300}}},
        {"Components": {"Queue": {"Kind": "account"}}},
        {"Outside": {"account:us-east-1": {"Kind": "account"}}},
        {"Components": {"Queue": "text"}},
        {"Components": {"Queue": {"Kind": "mainframe"}}},
        {"Components": {"Queue": {"Settings": {"speed": 3}}}},
        {"Components": {"Queue": {"Settings": {"visibility_timeout_s": -1}}}},
        {"Components": {"Queue": {"Settings": {"visibility_timeout_s": ["a"]}}}},
        {"Outside": {"Queue": {"Kind": "outside_api"}}},
        {"Outside": {"Api": {"Kind": "mainframe"}}},
        {"Outside": {"Api": "text"}},
        {"Links": [{"From": "Queue", "To": "Gone", "Role": "send"}]},
        {"Links": [{"From": "Queue", "To": "Dead", "Role": "fly"}]},
        {"Links": [{"From": "Queue", "To": "Dead", "Role": "send", "Calls": "-1"}]},
        {"Links": [{"From": "Queue", "To": "Dead", "Role": "send", "Mode": "loud"}]},
        {"Links": [{"From": ["Queue"], "To": {"a": 1}, "Role": None}]},
    ],
)
def test_what_cannot_be_is_passed_over(notes: Any) -> None:
    design = noted(notes)

    assert {component.id for component in design} == {"Queue", "Dead"}
    assert design.links == ()


def test_a_wrong_setting_is_told() -> None:
    (warning,) = noted({"Components": {"Queue": {"Settings": {"speed": 3}}}}).warnings

    assert "has no setting 'speed'" in warning


def test_calls_survive() -> None:
    design = linked(
        drawn("lambda_function", "sqs_queue"), ("lambda_function-1", "sqs_queue-1", "send")
    )
    (link,) = design.links
    counted = Architecture(components=design.components, links=(replace(link, calls=2.5),))

    (read,) = read_back(write_template(counted).text).links

    assert read.calls == 2.5
