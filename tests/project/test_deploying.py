"""What is refused before anything is built or sent, each with a sentence that says what to do."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from project.deploying import building, contents, runtimes, stages
from project.deploying.binaries import check_binaries
from project.deploying.runtimes import Refused

ROOT = Path(__file__).resolve().parent.parent.parent
SETTINGS = json.loads((ROOT / "zappa_settings.json").read_text())
STAGES = sorted(set(SETTINGS) - {"base"})
POLICIES = sorted((ROOT / "infra" / "policies").glob("*.json"))
RUNTIME = "python3.13"


def of_stage(name: str) -> dict[str, Any]:
    """Return the settings of a stage with those of the stages that it extends."""
    own = SETTINGS[name]
    return {**of_stage(own["extends"]), **own} if "extends" in own else dict(own)


@pytest.mark.parametrize("stage", STAGES)
def test_stage_of_the_house_passes(stage: str) -> None:
    stages.check_stage(stage, of_stage(stage), RUNTIME)


@pytest.mark.parametrize("stage", [name for name in STAGES if name.endswith("_work")])
def test_work_has_no_door_and_a_clock(stage: str) -> None:
    settings = of_stage(stage)

    assert settings["apigateway_enabled"] is False
    assert settings["timeout_seconds"] == 900
    assert settings["events"][0]["expressions"] == ["rate(1 minute)"]


@pytest.mark.parametrize("stage", [name for name in STAGES if not name.endswith("_work")])
def test_web_gives_up_when_its_door_does(stage: str) -> None:
    # https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html
    assert of_stage(stage)["timeout_seconds"] == 29


def test_snapshot_and_provisioned_environments_are_not_mixed() -> None:
    both = [
        name
        for name in STAGES
        if of_stage(name).get("snap_start", "None") != "None"
        and of_stage(name).get("provisioned_concurrency")
    ]
    assert both == []


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"runtime": "python3.11"}, "no SnapStart"),
        ({"runtime": "python3.12"}, "make package"),
        ({"runtime": "python2.7"}, "Headroom runs on"),
        ({"debug": True}, "debug must be false"),
        ({"log_level": "DEBUG"}, "log_level"),
        ({"lambda_handler": "handler.lambda_handler"}, "lambda_handler"),
        ({"slim_handler": True}, "slim_handler"),
        ({"lambda_concurrency": None}, "lambda_concurrency"),
        ({"attach_policy": None}, "attach_policy"),
        ({"aws_environment_variables": {}}, "STATIC_ORIGIN"),
    ],
)
def test_what_cannot_work_is_refused(change: dict[str, Any], words: str) -> None:
    with pytest.raises(Refused, match=words):
        stages.check_stage("dev", {**of_stage("dev"), **change}, RUNTIME)


@pytest.mark.parametrize("name", ["SECRET_KEY", "EMAIL_HOST_PASSWORD", "DATABASE_URL"])
def test_secret_in_plain_settings_is_refused(name: str) -> None:
    settings = of_stage("dev")
    settings["aws_environment_variables"] = settings["aws_environment_variables"] | {name: "x"}

    with pytest.raises(Refused, match=f"{name} may be secret"):
        stages.check_stage("dev", settings, RUNTIME)


def test_output_that_the_stack_does_not_have_is_named() -> None:
    with pytest.raises(Refused, match="no output MediaBucket"):
        stages.filled({"a": ["${MediaBucket}"]}, {})


def test_stage_before_its_stack_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OUTPUTS_FOLDER", str(tmp_path))

    with pytest.raises(Refused, match=r"docs/operations\.md"):
        stages.outputs_of("staging_work")


@pytest.mark.parametrize("path", POLICIES, ids=lambda path: path.stem)
def test_policy_allows_no_whole_service(path: Path) -> None:
    for statement in json.loads(path.read_text())["Statement"]:
        actions = statement["Action"]
        for action in [actions] if isinstance(actions, str) else actions:
            assert "*" not in action


def test_python_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path))

    with pytest.raises(Refused, match=r"pyenv install 3\.13"):
        runtimes.find_python(RUNTIME)


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("new.so", b"GLIBC_2.17 GLIBC_2.38", "needs GLIBC 2.38"),
        ("a.cpython-311-x86_64-linux-gnu.so", b"GLIBC_2.17", "is for Python 3.11"),
    ],
)
def test_module_for_another_system_is_refused(
    tmp_path: Path, name: str, content: bytes, words: str
) -> None:
    (tmp_path / name).write_bytes(elf(b"\x3e\x00") + content)

    with pytest.raises(Refused, match=words):
        check_binaries(tmp_path, runtime=RUNTIME, architecture="x86_64")


def test_module_for_another_machine_is_refused(tmp_path: Path) -> None:
    (tmp_path / "good.cpython-313-x86_64-linux-gnu.so").write_bytes(elf(b"\x3e\x00"))
    check_binaries(tmp_path, runtime=RUNTIME, architecture="x86_64")

    with pytest.raises(Refused, match="is for x86_64"):
        check_binaries(tmp_path, runtime=RUNTIME, architecture="arm64")


def test_package_that_is_too_large_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "package.zip"
    package.write_bytes(b"x" * 2000)
    monkeypatch.setattr(building, "MAX_ZIP_BYTES", 1000)

    with pytest.raises(Refused, match="MB zipped"):
        building.check_size(tmp_path, package)


def test_package_has_what_the_application_needs_and_not_boto3() -> None:
    names = {name.lower() for name in contents.distributions()}

    assert {"django", "numpy", "psycopg-binary", "pyyaml", "zappa"} <= names
    assert names.isdisjoint({"boto3", "botocore", "pip", "troposphere"})


def elf(machine: bytes) -> bytes:
    return b"\x7fELF".ljust(18, b"\0") + machine
