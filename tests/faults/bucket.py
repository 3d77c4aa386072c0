"""A stand-in for S3 and for services that speak JSON: it can refuse, or throttle some calls."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

REFUSALS = {"denied": (403, "AccessDenied"), "slow": (503, "SlowDown")}


class Bucket(ThreadingHTTPServer):
    """Keeps objects by path; `mode` is fine, denied, slow or every third."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.objects: dict[str, bytes] = {}
        self.mode = "fine"
        self.calls = itertools.count(1)
        self.refused = 0

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def refusal(self) -> tuple[int, str] | None:
        call = next(self.calls)
        mode = "slow" if self.mode == "every third" and call % 3 == 0 else self.mode
        found = REFUSALS.get(mode)
        self.refused += found is not None
        return found


class Handler(BaseHTTPRequestHandler):
    server: Bucket
    protocol_version = "HTTP/1.1"

    def do_PUT(self) -> None:
        body = self._body()
        if not self._refused():
            self.server.objects[self._key()] = body
            self._answer(200)

    def do_GET(self) -> None:
        if not self._refused():
            found = self.server.objects.get(self._key())
            self._answer(404 if found is None else 200, found or b"")

    def do_HEAD(self) -> None:
        self.do_GET()

    def log_message(self, *args: Any) -> None:
        """Say nothing."""

    def _key(self) -> str:
        return self.path.partition("?")[0]

    def _body(self) -> bytes:
        if self.headers.get("Transfer-Encoding") != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length", 0)))
        body = b""
        while size := int(self.rfile.readline().split(b";")[0], 16):
            body += self.rfile.read(size)
            self.rfile.readline()
        while self.rfile.readline().strip():
            pass
        return body

    def _refused(self) -> bool:
        refusal = self.server.refusal()
        if refusal is None:
            return False
        status, code = refusal
        self._answer(status, f"<Error><Code>{code}</Code></Error>".encode())
        return True

    def _answer(self, status: int, body: bytes = b"") -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Last-Modified", "Tue, 24 Nov 2026 00:00:00 GMT")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)


@contextmanager
def bucket_serving() -> Iterator[Bucket]:
    bucket = Bucket()
    thread = threading.Thread(target=bucket.serve_forever, daemon=True)
    thread.start()
    try:
        yield bucket
    finally:
        bucket.shutdown()
        bucket.server_close()
