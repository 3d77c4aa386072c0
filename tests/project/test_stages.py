"""What each stage demands of its environment, asked in a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from project.ops.backup.sealing import new_key

ROOT = Path(__file__).resolve().parent.parent.parent

PRODUCTION = {
    "SECRET_KEY": "0123456789" * 6,
    "ALLOWED_HOSTS": "headroom.example.com",
    "DATABASE_URL": "postgresql://head:room@192.0.2.1/headroom",
    "MEDIA_BUCKET": "headroom-media",
    "EMAIL_HOST": "smtp.example.com",
    "EMAIL_HOST_PASSWORD": "b" * 20,
    "DEFAULT_FROM_EMAIL": "headroom@example.com",
}
BACKUPS = {"BACKUP_BUCKET": "headroom-backups", "BACKUP_KEY": new_key()}
LAMBDA = {**PRODUCTION, "AWS_LAMBDA_FUNCTION_NAME": "headroom", "AWS_REGION": "eu-west-1"}


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments],
        env={"PYTHONDONTWRITEBYTECODE": "1", **environment},
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
    )


def test_home_needs_no_variable_and_no_database() -> None:
    # 192.0.2.1 is set aside for examples: nothing answers there.
    process = run("manage.py", "check", DATABASE_URL="postgresql://192.0.2.1/none")

    assert process.returncode == 0, process.stderr


@pytest.mark.parametrize("name", sorted(PRODUCTION))
def test_web_application_does_not_start_without(name: str) -> None:
    environment = {key: value for key, value in PRODUCTION.items() if key != name}
    process = run("-c", "import project.wsgi", **environment)

    assert f"Set the {name} environment variable." in process.stderr


@pytest.mark.parametrize(
    "variables", [PRODUCTION, {**LAMBDA, "STATIC_ORIGIN": "https://static.example.com"}]
)
def test_production_passes_the_deployment_checks(variables: dict[str, str]) -> None:
    process = run(
        *("manage.py", "check", "--deploy", "--fail-level=WARNING"),
        **{"STAGE": "production", **variables, **BACKUPS},
    )

    assert process.returncode == 0, process.stderr


ON_LAMBDA = """
import json, sys
from django.conf import settings
from django.test import Client
import project.wsgi

client = Client(headers={"Host": "headroom.example.com"})
answer = client.get("/", secure=True)
bound = [name for name in sys.modules if name in ("boto3", "botocore", "storages")]
policy = answer["Content-Security-Policy"]
print(json.dumps([answer.status_code, policy, bound, settings.MIDDLEWARE]))
"""


def test_lambda_serves_no_static_file_and_allows_its_bucket_without_boto3(tmp_path: Path) -> None:
    origin = {"STATIC_ORIGIN": "https://static.example.com"}
    database = {"DATABASE_URL": f"sqlite:///{tmp_path}/none.sqlite3"}
    process = run("-c", ON_LAMBDA, **{**LAMBDA, **origin, **database})

    status, policy, bound, middleware = json.loads(process.stdout)
    assert status == 302
    bucket = "https://headroom-media.s3.eu-west-1.amazonaws.com"
    rules = policy.split("; ")
    assert f"connect-src 'self' {bucket}" in rules
    assert [rule for rule in rules if bucket in rule] == [f"connect-src 'self' {bucket}"]
    assert bound == []
    assert [name for name in middleware if "whitenoise" in name] == []


def test_production_serves_with_every_secret_set() -> None:
    process = run("-c", "import project.wsgi", **PRODUCTION)

    assert process.returncode == 0, process.stderr


REQUESTS = """
from django.test import Client
import project.wsgi

client = Client(raise_request_exception=False, headers={"Host": "headroom.example.com"})
client.get("/healthz", secure=True)
client.get("/nowhere/", secure=True, headers={"Authorization": "Bearer of-a-person"})
form = {"login": "a@example.com", "password": "hunter2-hunter2"}
client.post("/accounts/login/", form, secure=True)
client.get("/accounts/invitations/token-of-somebody/", secure=True)
"""


def test_production_logs_json_without_secrets_even_when_all_fails() -> None:
    """The database is out of reach and so is the mail: every request ends in a traceback."""
    secrets = {
        "SECRET_KEY": "k" * 25 + "0123456789" * 3,
        "EMAIL_HOST_PASSWORD": "mail-word-of-ours",
    }
    broken = {
        "DATABASE_URL": "postgresql://head:database-word@127.0.0.1:9/headroom",
        "EMAIL_HOST": "127.0.0.1",
        "EMAIL_PORT": "9",
        "FAULT_MAIL": "ops@example.com",
    }
    # WhiteNoise warns where no static files were collected.
    quiet = {"PYTHONWARNINGS": "ignore"}
    process = run("-c", REQUESTS, **{**PRODUCTION, **secrets, **broken, **quiet})

    entries = [json.loads(line) for line in process.stderr.splitlines()]
    words = [*secrets.values(), "database-word", "hunter2", "token-of-somebody", "of-a-person"]
    assert [word for word in words if word in process.stderr] == []
    answered = [entry for entry in entries if "status" in entry]
    assert len(answered) == 3
    # No page is there, nor are static files for the one that says so; the others need the database.
    assert answered[0]["status"] in {404, 500}
    assert [entry["status"] for entry in answered[1:]] == [503, 503]
    assert any("OperationalError" in entry.get("trace", "") for entry in entries)
    assert all(entry["request_id"] != "-" for entry in answered)
    assert process.stdout == ""


@pytest.mark.parametrize(
    ("variables", "problem"),
    [
        ({"ADMIN_ADDRESSES": "office"}, "headroom.E001"),
        ({"CLIENT_ADDRESS_HEADER": "X-Forwarded-For"}, "headroom.E002"),
        ({"BACKUP_BUCKET": "headroom-backups"}, "headroom.E003"),
        ({"AWS_LAMBDA_FUNCTION_NAME": "headroom", "MEDIA_BUCKET": ""}, "headroom.E006"),
        ({"AWS_LAMBDA_FUNCTION_NAME": "headroom"}, "headroom.E007"),
    ],
)
def test_wrong_setting_is_told_before_it_serves(variables: dict[str, str], problem: str) -> None:
    process = run("manage.py", "check", **{**PRODUCTION, "STAGE": "production", **variables})

    assert process.returncode == 1
    assert problem in process.stderr
