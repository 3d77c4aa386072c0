"""`manage.py export` to the files of the Serverless Framework and of Zappa."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from apps.forecasts.template_files import read_paths

ROOT = Path(__file__).resolve().parents[2]
DEMO = ROOT / "apps/forecasts/demo"
SERVICE = """\
service: shop
provider: {name: aws, runtime: python3.13}
functions:
  hello:
    handler: a.b  # here
custom: ${file(./custom.yml)}
resources: {Resources: "${file(parts/queues.yml)}"}
"""
QUEUES = """\
Jobs:
  Type: AWS::SQS::Queue
  Properties: {VisibilityTimeout: 30}
"""
Run = Callable[..., str]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    def call(*arguments: object) -> str:
        call_command("export", *[str(argument) for argument in arguments])
        return capsys.readouterr().out

    return call


@pytest.fixture
def service(tmp_path: Path) -> Path:
    (tmp_path / "parts").mkdir()
    (tmp_path / "parts/queues.yml").write_text(QUEUES)
    (tmp_path / "custom.yml").write_text("a: 1\n")
    (tmp_path / "serverless.yml").write_text(SERVICE)
    return tmp_path / "serverless.yml"


def test_a_service_is_printed_with_its_changed_line(run: Run, service: Path) -> None:
    assert run(service, "--to", "serverless") == SERVICE

    printed = run(service, "--to", "serverless", "--set", "HelloLambdaFunction.memory_mb=2048")
    added = "    handler: a.b  # here\n    memorySize: 2048\n"
    assert printed == SERVICE.replace("    handler: a.b  # here\n", added)


def test_a_change_in_a_file_of_the_service_is_written_there(
    run: Run, service: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    run(service, "--to", "serverless", "--set", "Jobs.visibility_timeout_s=90", "--out", out)

    assert (out / "parts/queues.yml").read_text() == QUEUES.replace("30", "90")
    assert (out / "serverless.yml").read_text() == SERVICE


def test_a_service_becomes_a_template(run: Run, service: Path, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="was not read from a SAM template"):
        call_command("export", str(service), "--to", "sam")

    (tmp_path / "new.yaml").write_text(run(service, "--to", "cloudformation"))
    found = read_paths([tmp_path / "new.yaml"])
    assert found.component("HelloLambdaFunction").kind == "lambda_function"
    assert found.component("Jobs").settings["visibility_timeout_s"] == 30


def test_another_design_becomes_a_service(run: Run, tmp_path: Path) -> None:
    (tmp_path / "serverless.yml").write_text(run(DEMO / "web-shop.yaml", "--to", "serverless"))
    found = read_paths([tmp_path / "serverless.yml"])

    assert found.component("MailerLambdaFunction").settings["reserved_concurrency"] == 10
    assert found.component("Mails").settings["visibility_timeout_s"] == 60


def test_another_design_becomes_zappas_keys_with_the_changes(run: Run) -> None:
    change = ("--set", "Notes.reserved_concurrency=50")
    printed = json.loads(run(DEMO / "crud-service.yaml", "--to", "zappa", *change))

    assert printed["production"]["lambda_concurrency"] == 50


def test_settings_of_zappa_are_printed_with_the_changed_line(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "zappa_settings.toml"
    path.write_text('[web]\ndjango_settings = "a.b"\nmemory_size = 512 # megabytes\n')

    printed = run(path, "--to", "zappa", "--set", "WebFunction.memory_mb=1024")
    assert printed == path.read_text().replace("512", "1024")


def test_a_design_without_functions_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "template.yaml"
    path.write_text("Resources: {Jobs: {Type: AWS::SQS::Queue}}\n")

    for name in ("serverless", "zappa"):
        with pytest.raises(CommandError, match="no Lambda function"):
            call_command("export", str(path), "--to", name)


def test_a_service_of_resources_alone_is_given_back(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "serverless.yml"
    text = "service: a\nprovider: {name: aws}\n"
    path.write_text(text + "resources: {Resources: {Jobs: {Type: AWS::SQS::Queue}}}\n")

    assert run(path, "--to", "serverless") == path.read_text()
