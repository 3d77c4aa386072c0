"""Execution environments as Lambda has them: a real runtime client, fed by a Runtime API.

What is not emulated: the CPU share of the memory size, loading the package over the network, a VPC.
"""

from __future__ import annotations

import contextlib
import json
import os
import queue
import re
import subprocess
import tempfile
import threading
import time
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

# https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
MAX_EVENT_BYTES = 6_291_456
MAX_ASYNCHRONOUS_EVENT_BYTES = 1_048_576
MAX_RESPONSE_BYTES = 6_291_556  # 6 MB, and a little for the envelope, as on Lambda.
ACCOUNT = "123456789012"


class EventTooLarge(Exception):
    """Lambda answers such a call with 413, and no function sees it."""


@dataclass
class Invocation:
    event: bytes
    timeout_s: float
    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    done: threading.Event = field(default_factory=threading.Event)
    response: bytes | None = None
    error: bytes | None = None

    def __post_init__(self) -> None:
        self.deadline_ms = int((time.time() + self.timeout_s) * 1000)


@dataclass(frozen=True)
class Result:
    """What Lambda would answer: a response, or a function error."""

    response: bytes | None
    error: bytes | None

    def json(self) -> Any:
        if self.error is not None:
            raise RuntimeError(self.error.decode())
        return json.loads(self.response or b"null")


class RuntimeApiHandler(BaseHTTPRequestHandler):
    """The four calls of the Lambda Runtime API, version 2018-06-01."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # Without it a warm call reads 44 ms instead of 1.
    wbufsize = 65536
    sandbox: Sandbox  # Set on a subclass, one for each sandbox.

    def log_message(self, *args: Any) -> None:
        pass

    def handle(self) -> None:
        # The process may be killed while it waits for an event.
        with contextlib.suppress(ConnectionError):
            super().handle()

    def do_GET(self) -> None:
        if not self.path.endswith("/runtime/invocation/next"):
            self.answer(404)
            return
        sandbox = self.sandbox
        sandbox.mark_ready()
        invocation = sandbox.events.get()
        sandbox.current = invocation
        arn = f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:{sandbox.function_name}"
        self.answer(
            200,
            invocation.event,
            {
                "Content-Type": "application/json",
                "Lambda-Runtime-Aws-Request-Id": invocation.id,
                "Lambda-Runtime-Deadline-Ms": str(invocation.deadline_ms),
                "Lambda-Runtime-Invoked-Function-Arn": arn,
                "Lambda-Runtime-Trace-Id": "Root=1-0-0;Sampled=0",
            },
        )

    def do_POST(self) -> None:
        body = read_body(self)
        sandbox = self.sandbox
        if self.path.endswith("/runtime/init/error"):
            sandbox.init_error = body
            sandbox.mark_ready()
            self.answer(202)
            return
        match = re.search(r"/invocation/([^/]+)/(response|error)$", self.path)
        invocation = sandbox.current
        if not match or invocation is None or invocation.id != match[1]:
            self.answer(400)
            return
        if len(body) > MAX_RESPONSE_BYTES:
            error = {"errorType": "Function.ResponseSizeTooLarge", "size": len(body)}
            invocation.error = json.dumps(error).encode()
        elif match[2] == "response":
            invocation.response = body
        else:
            invocation.error = body
        self.answer(202)
        invocation.done.set()

    def answer(
        self, status: int, body: bytes = b"", headers: Mapping[str, str] | None = None
    ) -> None:
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
        self.wfile.flush()


def read_body(request: BaseHTTPRequestHandler) -> bytes:
    """Return the body of a request, also when it comes in chunks."""
    if "chunked" not in (request.headers.get("Transfer-Encoding") or ""):
        return request.rfile.read(int(request.headers.get("Content-Length") or 0))
    parts = []
    while size := int(request.rfile.readline().split(b";")[0], 16):
        parts.append(request.rfile.read(size))
        request.rfile.readline()
    request.rfile.readline()
    return b"".join(parts)


class Sandbox:
    """One execution environment: one process, one request at a time."""

    def __init__(
        self,
        task_root: str | os.PathLike[str],
        *,
        python: str,
        handler: str = "handler.lambda_handler",
        environment: Mapping[str, str] | None = None,
        function_name: str = "fn",
        version: str = "$LATEST",
        memory_mb: int = 1024,
        log: str | os.PathLike[str] | None = None,
        python_arguments: Sequence[str] = (),
    ) -> None:
        self.function_name = function_name
        self.events: queue.Queue[Invocation] = queue.Queue()
        self.current: Invocation | None = None
        self.init_error: bytes | None = None
        self.init_s: float | None = None
        self.ready = threading.Event()

        handler_class = type("Handler", (RuntimeApiHandler,), {"sandbox": self})
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), handler_class)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

        root = str(Path(task_root).resolve())
        region = "us-east-1"
        variables = {
            "PATH": os.defpath,
            "LANG": "en_US.UTF-8",
            "TZ": ":UTC",
            "HOME": tempfile.gettempdir(),
            "PYTHONPATH": root,
            "PYTHONDONTWRITEBYTECODE": "1",  # On Lambda the package is read-only.
            "LAMBDA_TASK_ROOT": root,
            "_HANDLER": handler,
            "AWS_LAMBDA_RUNTIME_API": f"127.0.0.1:{self.server.server_port}",
            "AWS_LAMBDA_FUNCTION_NAME": function_name,
            "AWS_LAMBDA_FUNCTION_VERSION": version,
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(memory_mb),
            "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
            "AWS_REGION": region,
            "AWS_DEFAULT_REGION": region,
            "AWS_ACCESS_KEY_ID": "testing",
            "AWS_SECRET_ACCESS_KEY": "testing",
            "AWS_SESSION_TOKEN": "testing",
            **(environment or {}),
        }
        self.log = open(log or os.devnull, "ab")  # noqa: SIM115  Closed with the process.
        self.started_at = time.perf_counter()
        self.process = subprocess.Popen(
            [python, *python_arguments, "-m", "awslambdaric", handler],
            cwd=root,
            env=variables,
            stdout=self.log,
            stderr=self.log,
        )

    def mark_ready(self) -> None:
        """Note the end of the init phase, which is the first call for an event."""
        if not self.ready.is_set():
            self.init_s = time.perf_counter() - self.started_at
            self.ready.set()

    def is_alive(self) -> bool:
        return self.process.poll() is None and self.init_error is None

    def invoke(self, event: Any, timeout_s: float = 30) -> Result:
        body = event if isinstance(event, bytes) else json.dumps(event).encode()
        if len(body) > MAX_EVENT_BYTES:
            raise EventTooLarge(f"Request must be smaller than {MAX_EVENT_BYTES} bytes")
        invocation = Invocation(body, timeout_s)
        self.events.put(invocation)
        started_at = time.perf_counter()
        while True:
            waited_s = time.perf_counter() - started_at
            if invocation.done.wait(0.0005 if waited_s < 2 else 0.02):
                return Result(invocation.response, invocation.error)
            if not self.is_alive():
                return Result(None, self.init_error or b'{"errorType": "Runtime.ExitError"}')
            if waited_s > timeout_s:
                self.close()
                return Result(None, b'{"errorType": "Sandbox.Timedout"}')

    def close(self) -> None:
        self.process.kill()
        self.process.wait()
        self.server.shutdown()
        self.server.server_close()
        self.log.close()

    def __enter__(self) -> Sandbox:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()
