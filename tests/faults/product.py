"""The product in processes of its own: its server, its commands, and whoever asks it."""

from __future__ import annotations

import http.client
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

ROOT = Path(__file__).resolve().parents[2]
CSRF = "c" * 32
TIMEOUT_S = 60.0
FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class Answer:
    status: int
    retry_after: str
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_refusal(self) -> bool:
        """Say whether it says, with nothing else, that and when to come again."""
        return (
            self.status == 503
            and int(self.retry_after or 0) > 0
            and b"Traceback" not in self.body
            and b"cannot answer just now" in self.body
        )


@dataclass(frozen=True)
class Person:
    session: str
    team: str


# A load balancer, which is not signed in.
NOBODY = Person("", "")


class Product:
    def __init__(self, port: int, process: subprocess.Popen[str], log: Path) -> None:
        self.port, self.process, self.log = port, process, log

    def ask(
        self,
        person: Person,
        path: str,
        body: bytes | None = None,
        *,
        kind: str = FORM,
        accept: str = "text/html",
    ) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=TIMEOUT_S)
        headers = {
            "Cookie": f"sessionid={person.session}; csrftoken={CSRF}",
            "X-CSRFToken": CSRF,
            "Content-Type": kind,
            "Accept": accept,
        }
        try:
            method = "GET" if body is None else "POST"
            connection.request(method, path, body=body, headers=headers)
            response = connection.getresponse()
            wait = response.headers.get("Retry-After", "")
            return Answer(response.status, wait, response.read(), dict(response.headers))
        finally:
            connection.close()

    def begin_design(self, person: Person, name: str) -> Answer:
        form = urlencode({"name": name, "team": person.team}).encode()
        return self.ask(person, "/designs/new/blank/", form)

    def upload(self, person: Person, name: str, files: Mapping[str, bytes]) -> Answer:
        parts = [_part("name", name.encode()), _part("team", person.team.encode())]
        parts += [_part("template", content, file) for file, content in files.items()]
        body = b"".join(parts) + b"--limit--\r\n"
        return self.ask(person, "/designs/new/", body, kind="multipart/form-data; boundary=limit")


def _part(name: str, content: bytes, file: str = "") -> bytes:
    of_file = f'; filename="{file}"\r\nContent-Type: application/octet-stream' if file else ""
    head = f'--limit\r\nContent-Disposition: form-data; name="{name}"{of_file}\r\n\r\n'
    return head.encode() + content + b"\r\n"


def environment(folder: Path, database: str, host: Path, **more: str) -> dict[str, str]:
    (folder / "media").mkdir(exist_ok=True)
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    return kept | {
        "DJANGO_SETTINGS_MODULE": "tests.faults.settings",
        "STAGE": "home",
        "DEBUG": "False",
        "SECRET_KEY": "only-for-tests",
        "DATABASE_URL": f"postgresql:///{database}",
        "PGHOST": str(host),
        "PGUSER": "postgres",
        "FAULTS_MEDIA": str(folder / "media"),
        **more,
    }


def run(module: str, *arguments: str, variables: dict[str, str]) -> str:
    """Run a module of the tests, or `manage`, to its end; return what it says."""
    process = start(module, *arguments, variables=variables, stdout=subprocess.PIPE)
    said, _ = process.communicate(timeout=TIMEOUT_S)
    assert process.returncode == 0, f"{module} {arguments}: {process.returncode}"
    return said


def start(
    module: str,
    *arguments: str,
    variables: dict[str, str],
    before: tuple[str, ...] = (),
    **files: Any,
) -> subprocess.Popen[str]:
    command = [*before, sys.executable, "-m", module, *arguments]
    return subprocess.Popen(command, cwd=ROOT, env=variables, text=True, **files)


@contextmanager
def serving(
    variables: dict[str, str], folder: Path, before: tuple[str, ...] = ()
) -> Iterator[Product]:
    log = folder / "product.log"
    with log.open("w") as lines:
        process = start(
            "tests.faults.serve",
            variables=variables,
            before=before,
            stdout=subprocess.PIPE,
            stderr=lines,
        )
    assert process.stdout is not None
    try:
        yield Product(int(process.stdout.readline()), process, log)
    finally:
        process.kill()
        process.wait()
