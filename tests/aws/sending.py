"""What a browser does with files that are too large for a form."""

from __future__ import annotations

import io
import random
import urllib.request
import uuid
import zipfile
from datetime import UTC, datetime
from functools import partial
from typing import Any

from django.test import Client, TestCase

from apps.accounts.models import Team
from tests.aws.post_policy import refusal
from tests.designs.conftest import TEMPLATE

# A test is one transaction, which never ends.
committed = partial(TestCase.captureOnCommitCallbacks, execute=True)
NEW, INCOMING = "/designs/new/", "/designs/incoming/"


def zip_of(size: int) -> bytes:
    """Return a zip of exactly so many bytes, with a template and a picture."""
    overhead = len(_zipped(b""))
    return _zipped(random.Random(1).randbytes(size - overhead))


def _zipped(picture: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("template.yaml", TEMPLATE)
        archive.writestr("plan.png", picture)
    return buffer.getvalue()


def ask(client: Client, team: Team, *files: tuple[str, int]) -> Any:
    announced = [f"{size} {name}" for name, size in files]
    return client.post(INCOMING, {"team": team.pk, "file": announced})


def grant(client: Client, team: Team, name: str, size: int) -> dict[str, Any]:
    answer = ask(client, team, (name, size))
    assert answer.status_code == 200, answer.content
    (granted,) = answer.json()["files"]
    return dict(granted)


def send(granted: dict[str, Any], content: bytes) -> int:
    """Post a file to the bucket as a browser does; what S3 refuses never gets there."""
    bucket = granted["url"].rpartition("/")[2]
    if refusal(granted["fields"], bucket, len(content), datetime.now(UTC)):
        return 403
    edge = uuid.uuid4().hex
    parts = [
        f'--{edge}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in granted["fields"].items()
    ]
    head = f'--{edge}\r\nContent-Disposition: form-data; name="file"; filename="x"\r\n\r\n'
    body = b"".join([*parts, head.encode(), content, f"\r\n--{edge}--\r\n".encode()])
    headers = {"Content-Type": f"multipart/form-data; boundary={edge}"}
    with urllib.request.urlopen(
        urllib.request.Request(granted["url"], body, headers), timeout=20
    ) as answer:
        return int(answer.status)


def submit(client: Client, team: Team, *receipts: str) -> Any:
    fields = {"team": team.pk, "name": "Large", "received": list(receipts)}
    with committed():
        return client.post(NEW, fields)


def received(client: Client, team: Team, content: bytes, name: str = "all.zip") -> str:
    granted = grant(client, team, name, len(content))
    assert send(granted, content) == 204
    return str(granted["receipt"])
