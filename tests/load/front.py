"""The door of the function: HTTP on loopback, answered as a function URL answers."""

from __future__ import annotations

import threading
import urllib.parse
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.deploy.events import http_api_event
from tests.load.environments import Pool

# How a function URL says that no environment is free; an answer of the function has no such line.
REFUSED = ("x-amzn-ErrorType", "TooManyRequestsException")


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = 65536
    pool: Pool  # Set on a subclass.

    def log_message(self, *args: Any) -> None:
        pass

    def do_GET(self) -> None:
        answer = self.pool.serve(event_of(self.path, dict(self.headers.items())))
        if answer is None:
            self._send(429, b'{"Reason":"ReservedFunctionConcurrentInvocationLimitExceeded"}', True)
        else:
            self._send(answer.status, answer.body, False)

    def _send(self, status: int, body: bytes, is_refused: bool) -> None:
        self.send_response(status)
        if is_refused:
            self.send_header(*REFUSED)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(body)


def event_of(path: str, headers: Mapping[str, str]) -> dict[str, Any]:
    """Return the event of a GET request."""
    address = urllib.parse.urlsplit(path)
    cookies = [c.strip() for c in headers.get("Cookie", "").split(";") if c.strip()]
    passed = {k: v for k, v in headers.items() if k.lower() not in ("host", "cookie", "connection")}
    return http_api_event(
        "GET", address.path, address.query, passed, cookies=cookies, is_function_url=True
    )


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128


@contextmanager
def start_front(pool: Pool) -> Iterator[int]:
    """Serve the pool on a port of the kernel's choosing."""
    server = Server(("127.0.0.1", 0), type("PoolHandler", (Handler,), {"pool": pool}))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()
