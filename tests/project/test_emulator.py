"""The stand-in for Lambda that `make deploytest` uses keeps Lambda's limits, both ways."""

from __future__ import annotations

import json
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.deploy.front import start_front
from tests.deploy.functions import Functions
from tests.deploy.sandbox import EventTooLarge, Sandbox

EVENT_BYTES, RESPONSE_BYTES = 6_291_456, 6_291_556
# Answers `{"size": n}` with a response of n bytes; a door's event with 200.
CLIENT = """
import json, os, urllib.request

api = f"http://{os.environ['AWS_LAMBDA_RUNTIME_API']}/2018-06-01/runtime/invocation"
while True:
    with urllib.request.urlopen(f"{api}/next") as answer:
        id, event = answer.headers["Lambda-Runtime-Aws-Request-Id"], json.load(answer)
    size = event.get("size")
    answer = {"statusCode": 200, "body": "ok"} if size is None else "x" * (size - 2)
    urllib.request.urlopen(f"{api}/{id}/response", json.dumps(answer).encode()).close()
"""


@pytest.fixture(scope="module")
def task_root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("task")
    (root / "awslambdaric").mkdir()
    (root / "awslambdaric" / "__init__.py").touch()
    (root / "awslambdaric" / "__main__.py").write_text(CLIENT)
    return root


@pytest.fixture(scope="module")
def sandbox(task_root: Path) -> Iterator[Sandbox]:
    with Sandbox(task_root, python=sys.executable) as sandbox:
        yield sandbox


@pytest.fixture
def front(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[str]:
    monkeypatch.setattr(Functions, "sandbox", lambda self, name: sandbox)
    (tmp_path / "fn.log").touch()
    with start_front("http://127.0.0.1:9", sys.executable, tmp_path) as address:
        yield address


def event_of(size: int) -> bytes:
    return b'{"a":"' + b"x" * (size - 8) + b'"}'


def test_event_of_the_limit_is_taken(sandbox: Sandbox) -> None:
    assert sandbox.invoke(event_of(EVENT_BYTES)).json() == {"statusCode": 200, "body": "ok"}


def test_event_beyond_the_limit_never_arrives(sandbox: Sandbox) -> None:
    with pytest.raises(EventTooLarge):
        sandbox.invoke(event_of(EVENT_BYTES + 1))


def test_response_of_the_limit_is_handed_on(sandbox: Sandbox) -> None:
    assert len(sandbox.invoke({"size": RESPONSE_BYTES}).response or b"") == RESPONSE_BYTES


def test_response_beyond_the_limit_is_a_fault(sandbox: Sandbox) -> None:
    result = sandbox.invoke({"size": RESPONSE_BYTES + 1})

    assert result.response is None
    assert json.loads(result.error or b"")["errorType"] == "Function.ResponseSizeTooLarge"


@pytest.mark.parametrize("kind", ["v1", "v2", "url"])
def test_door_answers_413_to_what_is_too_large(front: str, kind: str) -> None:
    """4.5 MB of file is 6 MB of event, less the headers."""
    address = f"{front}/_gw/fn/{kind}/dev/"

    assert _post(address, b"\0" * 4_700_000) == 200
    assert _post(address, b"\0" * 4_718_592) == 413


@pytest.mark.parametrize(
    ("kind", "size", "status"),
    [
        ("RequestResponse", EVENT_BYTES, 200),
        ("RequestResponse", EVENT_BYTES + 1, 413),
        ("Event", 1_048_576, 202),
        ("Event", 1_048_577, 413),
    ],
)
def test_invocation_is_measured_too(front: str, kind: str, size: int, status: int) -> None:
    address = f"{front}/2015-03-31/functions/fn/invocations"

    assert _post(address, event_of(size), **{"X-Amz-Invocation-Type": kind}) == status


def _post(address: str, body: bytes, **headers: str) -> int:
    kind = {"Content-Type": "application/octet-stream"}
    request: Any = urllib.request.Request(address, body, {**kind, **headers})
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as refusal:
        return refusal.code
