"""What is in the package, how large it is, and what a first request loads of it."""

from __future__ import annotations

import json
import subprocess
import zipfile
from pathlib import Path

import pytest

from tests.deploy.doors import Door
from tests.deploy.sandbox import Sandbox
from tests.project.test_loaded_modules import heavy

MB = 1_000_000
MOST_MODULES = 970
# Of a .pyc: the flag that its source is never looked at again. PEP 552.
UNCHECKED_HASH = (1).to_bytes(4, "little")


@pytest.fixture(scope="module")
def names(package: Path) -> list[str]:
    with zipfile.ZipFile(package) as archive:
        return archive.namelist()


def test_package_is_small_enough_to_be_rolled_back(package: Path) -> None:
    with zipfile.ZipFile(package) as archive:
        unzipped = sum(entry.file_size for entry in archive.infolist())

    assert package.stat().st_size <= 45 * MB
    assert unzipped <= 200 * MB


@pytest.mark.parametrize(
    "folder",
    ["boto3", "botocore", "pip", "setuptools", "troposphere", "requests", "moto", "tests",
     "django/contrib/gis", "project/deploying", "django/contrib/admin/static", "static"],
)  # fmt: skip
def test_what_the_function_does_not_need_is_left_out(names: list[str], folder: str) -> None:
    assert [name for name in names if name.startswith(f"{folder}/")] == []


def test_no_language_but_english_is_in_it(names: list[str]) -> None:
    languages = {
        name.partition("/locale/")[2].partition("/")[0] for name in names if "/locale/" in name
    }

    assert languages <= {"en", "__init__.py", "__pycache__"}


def test_no_secret_and_no_trace_of_the_builder_is_in_it(names: list[str], task_root: Path) -> None:
    assert [name for name in names if name.startswith("var/")] == ["var/static/staticfiles.json"]
    assert "package_info.json" not in names
    settings = (task_root / "zappa_settings.py").read_text()
    assert "DEBUG=False" in settings
    assert "SECRET" not in settings


def test_every_module_has_bytecode_that_holds(names: list[str], task_root: Path) -> None:
    compiled = [name for name in names if name.endswith(".pyc")]

    assert len(compiled) == len([name for name in names if name.endswith(".py")])
    flags = {(task_root / name).read_bytes()[4:8] for name in compiled}
    assert flags == {UNCHECKED_HASH}


def test_first_request_loads_no_more_than_it_needs(
    task_root: Path, lambda_python: str, variables: dict[str, str], function: Sandbox
) -> None:
    loaded = modules_of_a_first_request(task_root, lambda_python, variables)

    # Of botocore Zappa loads what says its version.
    assert heavy(loaded - {"botocore"}) == []
    assert "zappa.cli" not in loaded
    assert len(loaded) <= MOST_MODULES


@pytest.mark.parametrize("made", ["snap-start", "provisioned-concurrency"])
def test_environment_made_beforehand_has_all_pages(
    made: str, task_root: Path, lambda_python: str, variables: dict[str, str], function: Sandbox
) -> None:
    values = {**variables, "AWS_LAMBDA_INITIALIZATION_TYPE": made}

    loaded = modules_of_a_first_request(task_root, lambda_python, values)

    assert {"numpy", "apps.forecasts.views.report", "allauth.mfa.totp.views"} <= loaded


def modules_of_a_first_request(
    task_root: Path, lambda_python: str, variables: dict[str, str]
) -> set[str]:
    """Return the modules that are there after `GET /`, asked of a process of its own."""
    event = Door("rest", None).event("GET", "/", "", {})  # type: ignore[arg-type]  # Not sent.
    code = (
        "import json, sys; from project import lambda_entry as entry; "
        "answer = entry.lambda_handler(json.loads(sys.argv[1]), None); "
        "print(json.dumps([answer['statusCode'], sorted(sys.modules)]))"
    )
    keys = {"AWS_REGION": "us-east-1", "AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b"}
    asked = subprocess.run(
        [lambda_python, "-B", "-c", code, json.dumps(event)],
        env={"PYTHONPATH": str(task_root), **keys, **variables},
        cwd=task_root,
        capture_output=True,
        text=True,
        check=True,
    )
    status, modules = json.loads(asked.stdout.splitlines()[-1])
    assert status == 302
    return set(modules)
