"""AWS throttles every third call of its control plane."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from apps.aws.quotas import quotas_of
from apps.aws.sessions import open_session

PAGES = 5
IN_A_PAGE = 20


class Quotas(ThreadingHTTPServer):
    """Service Quotas with some pages of quotas; what an account has is 10 more than the default."""

    calls = 0
    throttled = 0


class Handler(BaseHTTPRequestHandler):
    server: Quotas

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.calls += 1
        if self.server.calls % 3 == 0:
            self.server.throttled += 1
            self._answer(400, {"__type": "ThrottlingException", "message": "Rate exceeded"})
            return
        page = int(asked.get("NextToken") or 0)
        more = 0 if "Default" in self.headers["X-Amz-Target"] else 10
        numbers = range(page * IN_A_PAGE, (page + 1) * IN_A_PAGE)
        quotas = [{"QuotaCode": f"L-{n}", "QuotaName": str(n), "Value": n + more} for n in numbers]
        following = {"NextToken": str(page + 1)} if page + 1 < PAGES else {}
        self._answer(200, {"Quotas": quotas, **following})

    def log_message(self, *args: Any) -> None:
        """Say nothing."""

    def _answer(self, status: int, body: dict[str, Any]) -> None:
        content = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/x-amz-json-1.1")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


@pytest.fixture
def quotas(monkeypatch: pytest.MonkeyPatch) -> Iterator[Quotas]:
    server = Quotas(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{server.server_address[1]}")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    yield server
    server.shutdown()
    server.server_close()


def test_every_third_call_is_throttled_and_nothing_is_missing(quotas: Quotas) -> None:
    found = quotas_of(open_session(), "lambda", "us-east-1")

    assert quotas.throttled >= PAGES // 2
    assert {code: quota.value for code, quota in found.items()} == {
        f"L-{n}": n + 10.0 for n in range(PAGES * IN_A_PAGE)
    }
