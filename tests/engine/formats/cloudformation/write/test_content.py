"""What stands in a template: calls as AWS makes them, the least of rights, no password."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from apps.engine.formats.cloudformation.write import write_template
from apps.engine.formats.cloudformation.write.yaml_text import scalar, yaml_text
from tests.engine.formats.cloudformation.write.drawn import DRAWN, drawn, linked, read_back
from tests.engine.formats.cloudformation.write.test_lint import (
    SOURCES,
    calling_everything,
    written_links,
)

# What the importer does not see: addresses that are parameters, keys and logs, which it takes for
# no calls, and what instances poll, of which it sees the names alone.
UNSEEN = {"outside_api-1", "kms_key-1", "log_group-1", "auto_scaling_group-1"}
UNSEEN_BY = {
    "auto_scaling_group": {"secret-1", "service_api-1", "ssm_parameter-1"},
    "edge_function": {"hosted_zone-1"},
}


def parts(text: str) -> tuple[str, dict[str, str]]:
    """Return a template without its notes, and its logical ids by the ids of the design."""
    body, _, notes = text.partition("\nMetadata:\n")
    components = yaml.safe_load(notes)["Headroom"]["Components"]
    return body, {note["Id"]: id_ for id_, note in components.items()}


@pytest.mark.parametrize("kind", SOURCES)
def test_calls_are_read_without_the_notes(kind: str) -> None:
    design = written_links(calling_everything(kind))
    body, ids = parts(write_template(design).text)

    found = {(link.source, link.target) for link in read_back(body).links}
    unseen = {
        link.target
        for link in design.links
        if (ids.get(link.source), ids.get(link.target)) not in found
    }
    assert unseen <= UNSEEN | UNSEEN_BY.get(kind, set())
    assert unseen != {link.target for link in design.links}


class _Loader(yaml.SafeLoader):
    """Reads short forms as their arguments."""


def _plainly(loader: yaml.SafeLoader, suffix: str, node: yaml.Node) -> Any:
    if isinstance(node, yaml.ScalarNode):
        return f"!{suffix} {node.value}"
    assert isinstance(node, yaml.SequenceNode)
    return loader.construct_sequence(node, deep=True)


yaml.add_multi_constructor("!", _plainly, Loader=_Loader)


def statements(node: Any) -> Iterator[dict[str, Any]]:
    if isinstance(node, dict):
        if "Effect" in node and "Principal" not in node:
            yield node
        for value in node.values():
            yield from statements(value)
    for item in node if isinstance(node, list) else ():
        yield from statements(item)


@pytest.mark.parametrize("kind", ["lambda_function", "ecs_service", "state_machine", "rest_api"])
def test_rights_are_the_least(kind: str) -> None:
    template = yaml.load(write_template(calling_everything(kind)).text, Loader=_Loader)

    found = list(statements(template["Resources"]))
    assert len(found) > 5
    for statement in found:
        actions = statement["Action"]
        assert "*" not in str(actions)
        # Models of Bedrock and the creation of a group of logs have no ARN of the template.
        if statement["Resource"] == "*":
            assert str(actions).count("bedrock:") or actions == "logs:CreateLogGroup"


def test_reading_is_not_writing() -> None:
    design = linked(
        drawn("lambda_function", "dynamodb_table"),
        ("lambda_function-1", "dynamodb_table-1", "read"),
    )
    text = write_template(design).text

    assert "dynamodb:GetItem" in text
    assert "dynamodb:PutItem" not in text


def test_no_password_stands_in_a_template() -> None:
    text = write_template(drawn(*DRAWN)).text

    passwords = re.findall(r"^ *(\w*Password\w*|ApiKeyValue): (.*)$", text, re.MULTILINE)
    assert passwords
    for name, value in passwords:
        is_kept_by_aws = (name, value) == ("ManageMasterUserPassword", "true")
        assert is_kept_by_aws or "{{resolve:secretsmanager:" in value or name.endswith("Length")


def test_what_aws_cannot_do_is_told() -> None:
    design = linked(drawn("sqs_queue", "sns_topic"), ("sqs_queue-1", "sns_topic-1", "publish"))

    written = write_template(design)

    sentence = "SQS queue 1 → SNS topic 1 (publish): AWS has no way for this link as it is drawn."
    assert written.left_out == (sentence,)
    assert f"# Not here: {sentence}" in written.text
    assert read_back(written.text).links == ()


def test_settings_that_aws_demands_are_told() -> None:
    design = linked(
        drawn("lambda_function", "rds_instance", "sqs_queue"),
        ("lambda_function-1", "rds_instance-1", "query"),
        ("sqs_queue-1", "lambda_function-1", "invoke"),
    ).with_settings("lambda_function-1", {"timeout_s": 60.0})

    written = write_template(design)

    assert len(written.changes) == 2
    assert written.design.component("lambda_function-1").settings["is_in_vpc"] is True
    assert written.design.component("sqs_queue-1").settings["visibility_timeout_s"] == 60.0


def test_an_empty_drawing_is_a_template_too() -> None:
    assert read_back(write_template(drawn()).text).components == ()


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=30))
def test_texts_are_read_as_they_were_written(text: str) -> None:
    assert yaml.safe_load(f"key: {scalar(text)}") == {"key": text}


def test_trees_are_read_as_they_were_written() -> None:
    tree = {"a": {"b": [1, "x", {"c": [], "d": ["1", {"e": "two\nlines\n"}]}]}, "f": "no"}

    assert yaml.safe_load(yaml_text(tree)) == tree
