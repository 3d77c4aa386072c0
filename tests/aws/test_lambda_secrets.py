"""The one request that is signed by hand, against the library that signs all others."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from project.lambda_secrets import SecretsMissing, read_secrets, signed_request

NOW = datetime(2026, 7, 1, 12, 30, tzinfo=UTC)
KEYS = {
    "AWS_REGION": "eu-central-1",
    "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE",
    "AWS_SECRET_ACCESS_KEY": "wJalrXUtnFEMI",
    "AWS_SESSION_TOKEN": "token",
}


@pytest.mark.parametrize("token", ["token", ""])
def test_signature_is_that_of_botocore(token: str, monkeypatch: pytest.MonkeyPatch) -> None:
    ours = signed_request("headroom/dev", {**KEYS, "AWS_SESSION_TOKEN": token}, NOW)

    assert ours.get_header("Authorization") == of_botocore(token, ours.data, monkeypatch)


def of_botocore(token: str, body: object, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr("botocore.auth.get_current_datetime", lambda: NOW.replace(tzinfo=None))
    headers = {
        "Content-Type": "application/x-amz-json-1.1",
        "X-Amz-Target": "secretsmanager.GetSecretValue",
    }
    address = "https://secretsmanager.eu-central-1.amazonaws.com/"
    request = AWSRequest("POST", address, headers, body)
    keys = Credentials(KEYS["AWS_ACCESS_KEY_ID"], KEYS["AWS_SECRET_ACCESS_KEY"], token or None)
    SigV4Auth(keys, "secretsmanager", "eu-central-1").add_auth(request)
    return str(request.headers["Authorization"])


@pytest.fixture
def answers() -> Iterator[tuple[dict[str, str], list[bytes]]]:
    """A Secrets Manager that gives one answer, and the variables by which it is found."""
    to_give: list[bytes] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(to_give.pop())

        def log_message(self, *args: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    yield {**KEYS, "AWS_ENDPOINT_URL": f"http://127.0.0.1:{server.server_port}"}, to_give
    server.shutdown()
    server.server_close()


def test_secret_becomes_variables(answers: tuple[dict[str, str], list[bytes]]) -> None:
    environment, to_give = answers
    to_give.append(json.dumps({"SecretString": '{"SECRET_KEY": "s", "PORT": 5}'}).encode())

    values = read_secrets("headroom/dev", environment, NOW)
    assert values == {"SECRET_KEY": "s", "PORT": "5"}


@pytest.mark.parametrize("answer", [b"{}", b"hunter2", b'{"SecretString": "[\\"hunter2\\"]"}'])
def test_bad_secret_is_refused_without_being_told(
    answers: tuple[dict[str, str], list[bytes]], answer: bytes
) -> None:
    environment, to_give = answers
    to_give.append(answer)

    with pytest.raises(SecretsMissing) as refusal:
        read_secrets("headroom/dev", environment, NOW)
    assert "headroom/dev" in str(refusal.value)
    assert "hunter2" not in str(refusal.value)
