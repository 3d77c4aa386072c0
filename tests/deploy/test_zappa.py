"""Zappa's own commands on stage `dev`, from the first deployment to the last, on a moto server."""

from __future__ import annotations

import json
import os
import subprocess
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.deploy.conftest import ROOT, RUNTIME
from tests.deploy.front import start_front

VENV = ROOT / f".venv-{RUNTIME}"
OUTPUTS = {
    "AccountId": "123456789012",
    "AllowedHosts": ".amazonaws.com",
    "BackupBucket": "headroom-dev-backups",
    "DatabaseSecretArn": "arn:aws:secretsmanager:us-east-1:123456789012:secret:database-abcdef",
    "DeadLetterQueueArn": "arn:aws:sqs:us-east-1:123456789012:headroom-dev-failed",
    "DeployBucket": "headroom-dev-deploy",
    "FunctionSecurityGroup": "sg-1",
    "MailFrom": "headroom@example.com",
    "MailHost": "127.0.0.1",
    "MediaBucket": "headroom-dev-media",
    "PrivateSubnetA": "subnet-1",
    "PrivateSubnetB": "subnet-2",
    "PublicHost": "",
    "StaticOrigin": "https://static.example.com",
}
RELEASE = 'shell -v 0 -c \'import os; print("release", os.environ["RELEASE"])\''


@dataclass
class Zappa:
    """The command line, as an operator would use it, with one settings file for each release."""

    front: str
    moto: str
    folder: Path
    variables: dict[str, str]
    release: int = 1

    def __call__(self, *arguments: str) -> str:
        command, stage, *rest = arguments
        process = subprocess.run(
            [VENV / "bin" / "zappa", command, "-s", self._settings(), stage, *rest],
            env=self._environment(),
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=300,
        )
        assert process.returncode == 0, process.stdout
        return process.stdout

    def get(self, path: str) -> tuple[int, str]:
        address = f"{self.front}/_gw/headroom-dev/v1/dev{path}"
        with urllib.request.urlopen(address) as response:
            return response.status, response.read().decode()

    def hand_on(self, event: dict[str, str]) -> None:
        """Invoke the function as a task does, which does not wait for the end."""
        address = f"{self.front}/2015-03-31/functions/headroom-dev/invocations"
        headers = {"X-Amz-Invocation-Type": "Event"}
        request = urllib.request.Request(address, json.dumps(event).encode(), headers)
        with urllib.request.urlopen(request) as response:
            assert response.status == 202

    def running(self) -> str:
        said = self("manage", "dev", RELEASE)
        return next(line for line in said.splitlines() if "release" in line).split()[-1]

    def _settings(self) -> Path:
        """Write the settings of the house, with what the function needs to find this machine."""
        settings = json.loads((ROOT / "zappa_settings.json").read_text())
        variables = settings["base"]["aws_environment_variables"]
        settings["dev"]["aws_environment_variables"] = variables | {
            name: value
            for name, value in self.variables.items()
            if name.startswith("PG") or name == "AWS_ENDPOINT_URL"
        }
        settings["dev"]["environment_variables"] = {"RELEASE": str(self.release)}
        path = self.folder / "zappa_settings.json"
        path.write_text(json.dumps(settings))
        return path

    def _environment(self) -> dict[str, str]:
        outputs = self.folder / "dev.json"
        ours = {
            "DatabaseHost": self.variables["PGHOST"],
            "SecretsArn": self.variables["SECRETS_ARN"],
        }
        outputs.write_text(json.dumps({**OUTPUTS, **ours}))
        return {
            "PATH": os.environ["PATH"],
            "HOME": str(self.folder),
            "VIRTUAL_ENV": str(VENV),
            "RUNTIME": RUNTIME,
            "OUTPUTS_FOLDER": str(self.folder),
            "AWS_ENDPOINT_URL": self.moto,
            "AWS_ENDPOINT_URL_LAMBDA": self.front,
            "AWS_ACCESS_KEY_ID": "testing",
            "AWS_SECRET_ACCESS_KEY": "testing",
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_EC2_METADATA_DISABLED": "true",
            # Zappa asks the registry for a newer version of itself; here nobody answers.
            "HTTPS_PROXY": "http://127.0.0.1:9",
            "NO_PROXY": "127.0.0.1",
        }


@pytest.fixture(scope="module")
def zappa(
    moto: str,
    variables: dict[str, str],
    lambda_python: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Zappa]:
    folder = tmp_path_factory.mktemp("zappa")
    with start_front(moto, lambda_python, folder) as front:
        yield Zappa(front, moto, folder, variables)


def test_life_of_a_deployment(zappa: Zappa) -> None:
    deployed = zappa("deploy", "dev")
    assert "Deployment complete" in deployed

    status = zappa("status", "dev")
    assert "headroom-dev" in status
    assert RUNTIME in status

    assert "Running migrations" in zappa("manage", "dev", "migrate --noinput")
    assert "Scheduled headroom-dev-" in zappa("schedule", "dev")
    assert "Result of project.lambda_work.work" in (
        zappa("invoke", "dev", "project.lambda_work.work")
    )
    assert zappa.get("/healthz") == (200, "ok\n")
    assert zappa.running() == "1"

    zappa.hand_on({"command": "project.lambda_work.work"})

    zappa.release = 2
    assert "live" in zappa("update", "dev")
    assert zappa.running() == "2"

    assert "Done!" in zappa("rollback", "dev", "-n", "1")
    assert zappa.running() == "1"
    assert zappa.get("/healthz") == (200, "ok\n")

    assert "Done!" in zappa("undeploy", "dev", "-y")


def test_work_has_a_clock_and_no_door(zappa: Zappa) -> None:
    deployed = zappa("deploy", "dev_work")

    assert "project.lambda_work.work with expression rate(1 minute)" in deployed
    assert "execute-api" not in deployed
    assert "Result of project.lambda_work.work" in (
        zappa("invoke", "dev_work", "project.lambda_work.work")
    )
    assert "Done!" in zappa("undeploy", "dev_work", "-y")
