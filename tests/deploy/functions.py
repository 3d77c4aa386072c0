"""The functions of a moto server, with their code run for real."""

from __future__ import annotations

import hashlib
import http.client
import json
import subprocess
import threading
import time
import urllib.parse
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from tests.deploy.sandbox import Result, Sandbox

FUNCTIONS = r"/2015-03-31/functions"
LOG_TAIL_BYTES = 4096

Headers = Iterable[tuple[str, str]]


class Moto:
    """Calls to the moto server, which reads the service from the signature or the host."""

    def __init__(self, address: str) -> None:
        host, port = address.rsplit(":", 1)
        self.host, self.port = host, int(port)

    def call(
        self, method: str, path: str, body: bytes = b"", headers: dict[str, str] | None = None
    ) -> tuple[int, Headers, bytes]:
        connection = http.client.HTTPConnection(self.host, self.port, timeout=120)
        connection.request(method, path, body, headers or self.signed_for("lambda"))
        response = connection.getresponse()
        return response.status, response.getheaders(), response.read()

    def signed_for(self, service: str) -> dict[str, str]:
        scope = f"testing/20200101/us-east-1/{service}/aws4_request"
        signature = f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=x"
        host = "s3.amazonaws.com" if service == "s3" else f"{service}.us-east-1.amazonaws.com"
        return {"Host": host, "Authorization": signature}

    def s3_object(self, bucket: str, key: str) -> bytes:
        path = f"/{bucket}/{urllib.parse.quote(key)}"
        status, _, body = self.call("GET", path, headers=self.signed_for("s3"))
        if status != 200:
            raise RuntimeError(f"s3://{bucket}/{key}: HTTP {status}")
        return body


class Functions:
    """Code of the deployed functions, and the one sandbox that each of them has."""

    def __init__(self, moto: Moto, python: str, work_dir: Path) -> None:
        self.moto, self.python, self.work_dir = moto, python, work_dir
        self.zips: dict[tuple[str, str], bytes] = {}
        self.roots: dict[str, Path] = {}
        self.sandboxes: dict[str, tuple[Any, Sandbox]] = {}
        self.busy: dict[str, threading.Lock] = {}
        self.lock = threading.Lock()

    def save(self, name: str, version: str, code: bytes) -> None:
        root = self.work_dir / f"{name}-{hashlib.sha256(code).hexdigest()[:12]}"
        if not root.is_dir():
            archive = root.with_suffix(".zip")
            archive.write_bytes(code)
            # Not zipfile: it sets new mtimes, and would hide that the bytecode is stale.
            subprocess.run(["unzip", "-q", "-o", archive, "-d", root], check=True)
            archive.unlink()
        self.roots[name] = root
        self.zips[name, version] = code

    def zip_key(self, name: str, version: str) -> tuple[str, str] | None:
        """Return the key of this version's zip, or of the newest one of the function."""
        if (name, version) in self.zips:
            return name, version
        return next((key for key in reversed(self.zips) if key[0] == name), None)

    def log_path(self, name: str) -> Path:
        return self.work_dir / f"{name}.log"

    def sandbox(self, name: str) -> Sandbox:
        """Return a sandbox with the current code and settings; start one if they changed."""
        body = self.moto.call("GET", f"{FUNCTIONS}/{name}/configuration")[2]
        configuration = json.loads(body)
        variables = configuration.get("Environment", {}).get("Variables", {})
        root, handler = self.roots[name], configuration["Handler"]
        key = (root, json.dumps(variables, sort_keys=True), handler)
        with self.lock:
            old = self.sandboxes.get(name)
            if old and old[0] == key and old[1].is_alive():
                return old[1]
            if old:
                old[1].close()
            sandbox = Sandbox(
                root,
                python=self.python,
                handler=handler,
                environment=variables,
                function_name=name,
                log=self.log_path(name),
            )
            self.sandboxes[name] = (key, sandbox)
            return sandbox

    def run(self, name: str, event: Any) -> tuple[Result, bytes]:
        """Invoke a function; return its result and the tail of its log."""
        sandbox = self.sandbox(name)
        with self.lock:
            busy = self.busy.setdefault(name, threading.Lock())
        with busy:
            start = self.log_path(name).stat().st_size
            result = sandbox.invoke(event, timeout_s=60)
            time.sleep(0.01)  # The process may still be writing its last line.
            log = self.log_path(name).read_bytes()[start:]
        return result, log[-LOG_TAIL_BYTES:]

    def close(self) -> None:
        for _, sandbox in self.sandboxes.values():
            sandbox.close()
