from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

TEMPLATE = """\
Resources:
  Queue:
    Type: AWS::SQS::Queue
    Properties: {QueueName: orders, VisibilityTimeout: 60}
  Work:
    Type: AWS::Serverless::Function
    Properties:
      Policies:
        - Statement: [{Action: 'bedrock:InvokeModel', Resource: '*'}]
      Events:
        Order: {Type: SQS, Properties: {Queue: !GetAtt Queue.Arn, BatchSize: 5}}
  Role: {Type: 'AWS::IAM::Role'}
  Gone: {Type: 'AWS::EC2::SecurityGroup', Properties: {X: !Ref Missing}}
  Search: {Type: 'AWS::Neptune::DBCluster'}
"""
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def template(tmp_path: Path) -> Path:
    path = tmp_path / "template.yaml"
    path.write_text(TEMPLATE)
    return path


def described(*files: Path) -> Any:
    out = io.StringIO()
    call_command("describe", *map(str, files), format="json", stdout=out)
    return json.loads(out.getvalue())


def drawn(design: Any) -> list[Any]:
    """Return the components of the template, without the quotas of the account."""
    components: list[Any] = list(design["components"])
    account = components.pop()
    assert account["id"] == "account:us-east-1"
    assert account["kind"] == "account"
    return components


def test_it_describes_a_template_as_json(template: Path) -> None:
    design = described(template)

    assert design["schema"] == "headroom/describe/1"
    assert drawn(design) == [
        {
            "id": "Queue",
            "kind": "sqs_queue",
            "service": "sqs",
            "name": "orders",
            "settings": {"visibility_timeout_s": 60.0},
            "source": f"{template}:2",
        },
        {
            "id": "Work",
            "kind": "lambda_function",
            "service": "lambda",
            "name": "",
            "settings": {},
            "source": f"{template}:5",
        },
        {
            "id": "bedrock",
            "kind": "service_api",
            "service": "bedrock",
            "name": "bedrock",
            "settings": {"service": "bedrock"},
            "source": f"{template}:9",
        },
    ]
    assert design["links"][0] == {
        "source": "Queue",
        "target": "Work",
        "mode": "stream",
        "calls": None,
        "role": "invoke",
        "settings": {"batch": 5},
        "origin": f"{template}:11 event SQS",
    }


def test_it_lists_what_is_not_modelled_and_what_supports(template: Path) -> None:
    design = described(template)

    assert design["not_modelled"] == [
        {
            "id": "Search",
            "type": "AWS::Neptune::DBCluster",
            "reason": "AWS::Neptune::DBCluster has no model yet.",
            "service": "neptune",
            "name": "",
            "source": f"{template}:14",
        }
    ]
    assert [item["id"] for item in design["supporting"]] == ["Role", "Gone"]
    assert design["warnings"] == [
        f"{template}:13: Gone names 'Missing', which is not there; add it, or remove what names it."
    ]


def test_it_describes_a_template_as_text(template: Path) -> None:
    out = io.StringIO()
    call_command("describe", str(template), stdout=out)
    lines = out.getvalue().splitlines()

    assert lines[0] == "3 components, 2 links; 1 not modelled"
    assert lines[3].split() == ["Queue", "SQS", "queue", "visibility_timeout_s=60", f"{template}:2"]
    assert "  Queue → Work    invoke, stream  batch=5  " in out.getvalue()
    assert "2 supporting resources, which carry no load themselves" in lines


def test_columns_are_aligned(template: Path) -> None:
    out = io.StringIO()
    call_command("describe", str(template), stdout=out)
    rows = [line for line in out.getvalue().splitlines() if str(template) in line][:2]

    assert rows[0].index(str(template)) == rows[1].index(str(template))


def test_it_takes_the_files_that_a_template_names_beside_it(tmp_path: Path) -> None:
    (tmp_path / "machine").mkdir()
    (tmp_path / "machine" / "run.asl.json").write_text(
        '{"States": {"A": {"Type": "Task", "Resource": "${F}"}}}'
    )
    (tmp_path / "secret.yaml").write_text("not named")
    template = tmp_path / "template.yaml"
    template.write_text(
        "Resources:\n  M:\n    Type: AWS::Serverless::StateMachine\n    Properties:\n"
        "      DefinitionUri: machine/run.asl.json\n"
        "      DefinitionSubstitutions: {F: !GetAtt F.Arn}\n"
        "  F: {Type: 'AWS::Lambda::Function'}\n"
    )

    design = described(template)

    assert design["links"][0]["origin"].startswith(f"{tmp_path}/machine/run.asl.json:1 task")
    assert design["warnings"] == []


def test_it_does_not_read_files_outside_of_the_templates_folder(tmp_path: Path) -> None:
    (tmp_path / "other.yaml").write_text("Resources:\n  T: {Type: 'AWS::SNS::Topic'}\n")
    folder = tmp_path / "app"
    folder.mkdir()
    template = folder / "template.yaml"
    template.write_text(
        "Resources:\n  N:\n    Type: AWS::CloudFormation::Stack\n"
        "    Properties: {TemplateURL: ../other.yaml}\n"
    )

    design = described(template)

    assert drawn(design) == []
    assert "'../other.yaml', which is not given" in design["warnings"][0]


def test_it_takes_several_files_and_a_zip(template: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.yaml"
    other.write_text("Resources:\n  T: {Type: 'AWS::SNS::Topic'}\n")
    packed = tmp_path / "design.zip"
    with zipfile.ZipFile(packed, "w") as archive:
        archive.write(template, "template.yaml")

    both = described(template, other)

    ids = {"template/Queue", "template/Work", "bedrock", "other/T"}
    assert {c["id"] for c in drawn(both)} == ids
    assert {c["source"] for c in drawn(described(packed))} == {
        "template.yaml:2",
        "template.yaml:5",
        "template.yaml:9",
    }


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (None, "The file cannot be opened: no such file or directory."),
        (b"", "The file is empty; give a CloudFormation or SAM template."),
        (b"a: 1\n", "There is no 'Resources' section; give a CloudFormation or SAM template."),
        (b"PK\x03\x04", "The zip is damaged"),
    ],
)
def test_it_refuses_with_one_sentence_and_status_2(
    tmp_path: Path, content: bytes | None, sentence: str
) -> None:
    path = tmp_path / "template.yaml"
    if content is not None:
        path.write_bytes(content)

    with pytest.raises(CommandError) as caught:
        call_command("describe", str(path))

    assert caught.value.returncode == 2
    assert str(caught.value).startswith(str(path))
    assert sentence in str(caught.value)


def test_it_refuses_a_directory(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="This is a directory; give its template file"):
        call_command("describe", str(tmp_path))


def test_it_runs_without_variables_and_with_a_database_that_does_not_answer(
    template: Path,
) -> None:
    manage = str(ROOT / "manage.py")
    variables = {"PATH": os.environ["PATH"], "DATABASE_URL": "postgres://a:b@192.0.2.1:1/none"}
    good = subprocess.run(
        [sys.executable, manage, "describe", str(template)],
        env=variables,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    bad = subprocess.run(
        [sys.executable, manage, "describe", "gone.yaml"],
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )

    assert (good.returncode, good.stderr) == (0, "")
    assert good.stdout.startswith("3 components, 2 links")
    assert bad.returncode == 2
    assert bad.stdout == ""
    assert bad.stderr.count("\n") == 1
