"""What each stage demands of its environment, asked in a process of its own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

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


def test_production_passes_the_deployment_checks() -> None:
    process = run(
        "manage.py", "check", "--deploy", "--fail-level=WARNING", STAGE="production", **PRODUCTION
    )

    assert process.returncode == 0, process.stderr


def test_production_serves_with_every_secret_set() -> None:
    process = run("-c", "import project.wsgi", **PRODUCTION)

    assert process.returncode == 0, process.stderr
