"""Variables: what the files say, what only a deployment knows, and what has no end."""

from __future__ import annotations

import time
from typing import Any

import pytest

from apps.engine import formats
from apps.engine.formats.serverless.expressions import Variable, pieces
from apps.engine.graph import Architecture
from tests.engine.formats.serverless.services import kinds, read, refusal

FUNCTION = "HelloLambdaFunction"
CUSTOM = """
custom:
  sizes: {dev: 256, prod: 2048}
  stage: ${opt:stage, self:provider.stage}
  base: &base
    memory: ${self:custom.sizes.${self:custom.stage}}
  flags: {on: 'true'}
  name: orders
params:
  default: {memory: 384}
  dev: {queue: dev-jobs}
"""


def with_memory(value: str, **others: str) -> Architecture:
    text = f"{CUSTOM}\nfunctions: {{hello: {{handler: a.b, memorySize: {value!r}}}}}\n"
    return read(text, **others)


@pytest.mark.parametrize(
    ("value", "memory"),
    [
        ("${self:custom.sizes.prod}", 2048),
        ("${self:custom.sizes.${sls:stage}}", 256),
        ("${self:custom.base.memory}", 256),
        ("${self:custom.sizes.${opt:stage, 'prod'}}", 2048),
        ("${opt:memory, 640}", 640),
        ("${env:MEMORY, self:custom.sizes.prod}", 2048),
        ("${env:MEMORY, ${self:custom.sizes.prod}}", 2048),
        ("${param:memory}", 384),
        ("${file(sizes.json):a.b}", 896),
        ("${file(./sizes.${sls:stage}.yml):memory}", 448),
        ("${file(missing.yml):memory, 320}", 320),
    ],
)
def test_a_variable_is_worked_out(value: str, memory: int) -> None:
    files = {"sizes_json": '{"a": {"b": 896}}', "sizes_dev_yml": "memory: 448"}

    assert with_memory(value, **files).component(FUNCTION).settings["memory_mb"] == memory


@pytest.mark.parametrize(
    "value",
    [
        "${env:MEMORY}",
        "${ssm:/shop/memory}",
        "${cf:other-dev.Memory}",
        "${self:custom.none}",
        "${file(../secret.yml):memory}",
        "${file(/etc/passwd)}",
        "${file(code.js):memory}",
    ],
)
def test_what_only_a_deployment_knows_is_said(value: str) -> None:
    found = with_memory(value, code_js="module.exports = {}")

    assert any(value in warning and "not known" in warning for warning in found.warnings)
    assert "memory_mb" not in found.component(FUNCTION).settings


def test_cloudformation_keeps_its_own_names() -> None:
    assert pieces("${AWS::Region}-${Table}-${self:custom.a}") == (
        "${AWS::Region}-${Table}-",
        Variable("${self:custom.a}", ("self:custom.a",)),
    )


def test_names_that_a_deployment_knows_stand_inside_texts() -> None:
    found = read("""
        resources:
          Resources:
            Jobs:
              Type: AWS::SQS::Queue
              Properties:
                QueueName: !Sub "${env:PREFIX}-${AWS::Region}-${self:service}"
            News: {Type: AWS::SNS::Topic, Properties: {TopicName: "${aws:accountId}-news"}}
        """)

    assert kinds(found) == {"Jobs": "sqs_queue", "News": "sns_topic"}


def test_flags_are_read_from_texts() -> None:
    found = read("""
        resources:
          Resources:
            Jobs:
              Type: AWS::SQS::Queue
              Properties: {FifoQueue: "${strToBool(${opt:fifo, 'true'})}"}
        """)

    assert found.component("Jobs").settings["is_fifo"] is True


@pytest.mark.parametrize(
    "custom",
    [
        {"a": "${self:custom.a}"},
        {"a": "${self:custom.b}", "b": "${self:custom.a}"},
        {"a": "x-${self:custom.b}", "b": "y-${self:custom.a}"},
        {"a": {"b": "${self:custom.a}"}},
        {"a": "${self:}"},
        {"a": "${self:custom.${self:custom.a}}"},
    ],
)
def test_variables_that_go_round_are_refused(custom: Any) -> None:
    message = refusal(f"custom: {custom}\nfunctions: ${{self:custom.a}}\n")

    assert "stands for itself" in message
    assert message.startswith("serverless.yml:")


def test_files_that_name_each_other_are_refused() -> None:
    message = refusal(
        "functions: ${file(one.yml)}\n",
        one_yml="hello: ${file(two.yml)}",
        two_yml="handler: a.b\nmemorySize: ${file(one.yml):hello}",
    )

    assert "stands for itself" in message


@pytest.mark.parametrize(
    ("item", "said"),
    [
        ('["${{self:custom.a{0}}}", "${{self:custom.a{0}}}", "${{self:custom.a{0}}}"]', "unfold"),
        ("${{self:custom.a{0}}}${{self:custom.a{0}}}${{self:custom.a{0}}}", "unfold"),
    ],
)
def test_variables_that_unfold_without_end_are_refused(item: str, said: str) -> None:
    lines = [f"  a{n}: {item.format(n + 1)}" for n in range(30)] + ["  a30: many words"]
    text = "custom:\n" + "\n".join(lines) + "\nfunctions: {hello: {handler: '${self:custom.a0}'}}\n"
    start = time.process_time()

    assert said in refusal(text)
    assert time.process_time() - start < 2.0


@pytest.mark.parametrize(
    ("head", "said"),
    [
        ("\nservice: a\nprovider: {name: google}\nfunctions: {}\n", "'google'"),
        ("\nservice: a\nprovider: google\nfunctions: {}\n", "'google'"),
    ],
)
def test_other_clouds_are_refused(head: str, said: str) -> None:
    assert said in refusal("", head)


@pytest.mark.parametrize(
    "text",
    [
        "functions: [1, 2]",
        "functions: {hello: }",
        "functions: {hello: {events: }}",
        "functions: {hello: {events: [{sqs: }, {s3: [1]}, 5, {http: }, {stream: {}}]}}",
        "functions: {hello: {events: {http: GET /}}}",
        "functions: {hello: {vpc: yes, environment: [], iamRoleStatements: text}}",
        "resources: text",
        "resources: {Resources: {}}",
        "stepFunctions: {stateMachines: {a: {definition: }}}",
        "constructs: {a: , b: {type: queue}, c: {type: tea}}",
        "appSync: {dataSources: [x, {a: {}}]}",
        "layers: [a]",
        "custom: ${file(none.yml)}",
        "functions: ${self:custom.${env:X}}",
        "functions: {hello: {handler: '${self:custom.a, ${', memorySize: '${}'}}",
    ],
)
def test_odd_services_are_read_or_refused_with_a_sentence(text: str) -> None:
    message = ""
    try:
        read(text)
    except formats.UnreadableInput as error:
        message = str(error)

    assert not message or message.startswith("serverless.yml")


def test_code_is_not_run() -> None:
    with pytest.raises(formats.UnreadableInput, match="serverless print"):
        formats.read({"serverless.ts": b"export default {}"})


def test_a_service_beside_a_template_is_read_with_it() -> None:
    found = read(
        "functions: {hello: {handler: a.b}}",
        template_yaml="Resources: {Jobs: {Type: AWS::SQS::Queue}}",
    )

    assert kinds(found) == {
        f"serverless/{FUNCTION}": "lambda_function",
        "template/Jobs": "sqs_queue",
    }
