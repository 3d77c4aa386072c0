"""The package as `make package` has built it, run by Lambda's own runtime client.

These run in `make deploytest`, which says for which runtime it has built.
"""

from __future__ import annotations

import json
import os
import subprocess
import urllib.request
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.deploy.aws import environment, start_moto
from tests.deploy.sandbox import Sandbox
from tests.plugins.postgres import _ensure_server

ROOT = Path(__file__).resolve().parent.parent.parent
RUNTIME = os.environ.get("DEPLOY_TESTS", "")
HANDLER = "project.lambda_entry.lambda_handler"
EMAIL, PASSWORD = "olga@example.com", "a long way to the harbour"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if RUNTIME:
        return
    skip = pytest.mark.skip(reason="Only in `make deploytest`: it needs the package.")
    here = Path(__file__).parent
    for item in items:
        if item.path.is_relative_to(here):
            item.add_marker(skip)


@pytest.fixture(scope="session")
def lambda_python() -> str:
    return str(ROOT / f".venv-lambda-{RUNTIME}" / "bin" / "python")


@pytest.fixture(scope="session")
def package() -> Path:
    return ROOT / "build" / "headroom-dev.zip"


@pytest.fixture(scope="session")
def task_root(package: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    # Not zipfile: it sets new times, and would hide bytecode that goes by them.
    root = tmp_path_factory.mktemp("task")
    subprocess.run(["unzip", "-q", package, "-d", root], check=True)
    return root


@pytest.fixture(scope="session")
def moto(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a moto server, where the bucket for files and the secret are."""
    with start_moto(tmp_path_factory.mktemp("moto") / "log") as address:
        yield address


@pytest.fixture(scope="session")
def database(request: pytest.FixtureRequest) -> str:
    _ensure_server(request.config)
    name = "headroom_deploy"
    with psycopg.connect("dbname=postgres", autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        connection.execute(f"CREATE DATABASE {name}")
    return name


@pytest.fixture(scope="session")
def variables(moto: str, database: str) -> dict[str, str]:
    values = environment(moto)
    secret = {"SECRET_KEY": "0123456789" * 6, "EMAIL_HOST_PASSWORD": "x" * 20}
    arn = put_secret(moto, {**secret, "DATABASE_URL": f"postgresql:///{database}"})
    return {**values, "SECRETS_ARN": arn}


def put_secret(moto: str, values: dict[str, str]) -> str:
    body = json.dumps({"Name": "headroom/dev", "SecretString": json.dumps(values)}).encode()
    headers = {
        "Content-Type": "application/x-amz-json-1.1",
        "X-Amz-Target": "secretsmanager.CreateSecret",
        "Authorization": "AWS4-HMAC-SHA256 Credential=testing/20200101/us-east-1/secretsmanager/"
        "aws4_request, SignedHeaders=host, Signature=x",
    }
    with urllib.request.urlopen(urllib.request.Request(f"{moto}/", body, headers)) as answer:
        return str(json.load(answer)["ARN"])


@pytest.fixture(scope="session")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("function") / "log"


@pytest.fixture(scope="session")
def function(
    task_root: Path, lambda_python: str, variables: dict[str, str], log: Path
) -> Iterator[Sandbox]:
    """One execution environment, with its database brought up to date by the package itself."""
    with Sandbox(
        task_root, python=lambda_python, handler=HANDLER, environment=variables, log=log
    ) as sandbox:
        for command in ("migrate --noinput", "createcachetable", "load_facts", make_olga()):
            result = sandbox.invoke({"manage": command}, timeout_s=120)
            assert result.error is None, f"{command}: {result.error!r} {log.read_text()[-3000:]}"
        yield sandbox


def make_olga() -> str:
    code = (
        "from allauth.account.models import EmailAddress; from apps.accounts.models import User; "
        "from apps.accounts.actions import create_team; "
        f"user = User.objects.create_user('{EMAIL}', '{PASSWORD}'); "
        "create_team(owner=user, name='Shop'); "
        f"EmailAddress.objects.create(user=user, email='{EMAIL}', verified=True, primary=True)"
    )
    return f'shell -v 0 -c "{code}"'


def answer_of(sandbox: Sandbox, event: Any) -> dict[str, Any]:
    answer: dict[str, Any] = sandbox.invoke(event).json()
    return answer


def cookies_of(answer: dict[str, Any]) -> Sequence[str]:
    """Return every Set-Cookie line that a browser would get from this answer."""
    lines = list(answer.get("cookies") or [])
    for name, values in (answer.get("multiValueHeaders") or {}).items():
        lines += values if name.lower() == "set-cookie" else []
    for name, value in (answer.get("headers") or {}).items():
        lines += [value] if name.lower() == "set-cookie" else []
    return lines
