"""Stand in front of moto's Lambda, so that Zappa's commands work without AWS.

moto keeps the state; this adds what it does not do:

- runs the deployed zip for real, in one sandbox for each function;
- lists function URLs, which `zappa update` asks for;
- finds one published version and serves its zip, which `zappa rollback` downloads;
- serves the application over HTTP: /_gw/FUNCTION/v1|v2|url/STAGE/path.

Only Lambda calls come here; everything else goes straight to moto.
"""

from __future__ import annotations

import base64
import json
import re
import threading
import traceback
import urllib.parse
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from tests.deploy.events import http_api_event, rest_api_event
from tests.deploy.functions import FUNCTIONS, Functions, Headers, Moto
from tests.deploy.sandbox import MAX_ASYNCHRONOUS_EVENT_BYTES, EventTooLarge, read_body

MAX_ZIP_BYTES = 262_144_000
MAX_DIRECT_UPLOAD_BYTES = 52_428_800  # `zappa rollback` uploads directly and meets this limit.
DROPPED_HEADERS = {"connection", "content-length", "date", "server", "transfer-encoding"}


class FrontHandler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = 65536
    functions: Functions  # Both are set on a subclass.
    moto: Moto

    def log_message(self, *args: Any) -> None:
        pass

    def handle_request(self) -> None:
        body = read_body(self)
        try:
            self.route(urllib.parse.urlsplit(self.path).path, body)
        except EventTooLarge as error:
            self.refuse_as_too_large(str(error))
        except Exception as error:  # noqa: BLE001  The edge of the server: tell the caller and go on.
            traceback.print_exc()
            self.answer_json(500, {"Message": repr(error)})

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = handle_request  # noqa: N815

    def route(self, path: str, body: bytes) -> None:
        if match := re.match(r"/_gw/([^/]+)/(v1|v2|url)/([^/]+)(/.*)$", path):
            self.serve_app(match[1], match[2], match[3], match[4], body)
        elif match := re.match(r"/_code/([^/]+)/([^/]+)$", path):
            code = self.functions.zips[match[1], match[2]]
            self.answer(200, code, [("Content-Type", "application/zip")])
        elif match := re.match(r"/2021-10-31/functions/([^/]+)/urls/?$", path):
            self.list_urls(function_name(match[1]))
        elif match := re.match(rf"{FUNCTIONS}/([^/]+)/invocations/?$", path):
            self.invoke(function_name(match[1]), body)
        else:
            self.pass_on(path, body)

    def serve_app(self, name: str, kind: str, stage: str, path: str, body: bytes) -> None:
        """Turn an HTTP request into an event, and the function's answer into a response."""
        query = urllib.parse.urlsplit(self.path).query
        path = urllib.parse.unquote(path)
        headers = {k: v for k, v in self.headers.items() if k.lower() not in ("host", "connection")}
        if kind == "v1":
            event = rest_api_event(
                self.command, path, query, headers, body, stage=stage, as_base64=bool(body)
            )
        else:
            cookies = [c.strip() for c in self.headers.get("Cookie", "").split(";") if c.strip()]
            event = http_api_event(
                self.command,
                path,
                query,
                {k: v for k, v in headers.items() if k.lower() != "cookie"},
                body,
                cookies=cookies,
                stage="$default" if kind == "url" else stage,
                is_function_url=kind == "url",
            )
        result, _ = self.functions.run(name, event)
        if result.error is not None:
            self.answer_json(502, {"message": "Internal server error"})
            return
        answer = result.json()
        text = answer.get("body") or ""
        content = base64.b64decode(text) if answer.get("isBase64Encoded") else text.encode()
        many = answer.get("multiValueHeaders") or {}
        single = answer.get("headers") or {}
        pairs = [(name, value) for name, value in single.items() if name not in many]
        pairs += [(name, value) for name, values in many.items() for value in values]
        pairs += [("Set-Cookie", cookie) for cookie in answer.get("cookies", [])]
        self.answer(answer["statusCode"], content, pairs)

    def list_urls(self, name: str) -> None:
        status, _, body = self.moto.call("GET", f"/2021-10-31/functions/{name}/url")
        self.answer_json(200, {"FunctionUrlConfigs": [json.loads(body)] if status < 300 else []})

    def invoke(self, name: str, body: bytes) -> None:
        kind = self.headers.get("X-Amz-Invocation-Type", "RequestResponse")
        event = body or b"{}"
        if kind == "DryRun":
            self.answer(204)
        elif kind == "Event" and len(event) > MAX_ASYNCHRONOUS_EVENT_BYTES:
            self.refuse_as_too_large(f"{len(event)} bytes are too many for an Event invocation")
        elif kind == "Event":
            threading.Thread(target=self.functions.run, args=(name, event)).start()
            self.answer(202)
        else:
            result, log = self.functions.run(name, event)
            headers = [
                ("Content-Type", "application/json"),
                ("X-Amz-Executed-Version", "$LATEST"),
                ("X-Amz-Log-Result", base64.b64encode(log).decode()),
            ]
            if result.error is not None:
                headers.append(("X-Amz-Function-Error", "Unhandled"))
            self.answer(200, result.error or result.response or b"null", headers)

    def pass_on(self, path: str, body: bytes) -> None:
        """Let moto answer; keep new code, and put a working address into GetFunction."""
        target = self.path
        # `zappa rollback` asks for "function:NAME:2", which moto cannot parse.
        if match := re.match(
            rf"{FUNCTIONS}/function(?::|%3A)([\w-]+)(?::|%3A)(\d+)$", path, re.IGNORECASE
        ):
            path = f"{FUNCTIONS}/{match[1]}"
            target = f"{path}?Qualifier={match[2]}"

        code = self.uploaded_code(path, body)
        if code is not None and len(code) > MAX_ZIP_BYTES:
            self.answer_json(400, {"Type": "User", "message": "The package is too large."})
            return
        if code is not None and b'"ZipFile"' in body and len(code) > MAX_DIRECT_UPLOAD_BYTES:
            error = ("x-amzn-ErrorType", "RequestEntityTooLargeException")
            self.answer_json(413, {"message": "The request is too large."}, [error])
            return

        headers = {k: v for k, v in self.headers.items() if k.lower() not in DROPPED_HEADERS}
        status, answer_headers, answer = self.moto.call(self.command, target, body, headers)
        if code is not None and status < 300:
            made = json.loads(answer)
            self.functions.save(made["FunctionName"], str(made["Version"]), code)
        if self.command == "GET" and status == 200 and re.match(rf"{FUNCTIONS}/[^/]+$", path):
            answer = self.with_code_location(json.loads(answer), target)
        self.answer(status, answer, answer_headers)

    def uploaded_code(self, path: str, body: bytes) -> bytes | None:
        """Return the zip of a CreateFunction or UpdateFunctionCode call."""
        creates = self.command == "POST" and re.match(rf"{FUNCTIONS}/?$", path)
        updates = self.command == "PUT" and re.match(rf"{FUNCTIONS}/[^/]+/code/?$", path)
        if not (creates or updates):
            return None
        call = json.loads(body)
        code = call.get("Code", call)
        if code.get("ZipFile"):
            return base64.b64decode(code["ZipFile"])
        return self.moto.s3_object(code["S3Bucket"], code["S3Key"])

    def with_code_location(self, answer: dict[str, Any], target: str) -> bytes:
        configuration = answer["Configuration"]
        query = urllib.parse.parse_qs(urllib.parse.urlsplit(target).query)
        version = query.get("Qualifier", [str(configuration.get("Version"))])[0]
        key = self.functions.zip_key(configuration["FunctionName"], version)
        if key is not None:
            port = self.connection.getsockname()[1]
            answer["Code"]["Location"] = f"http://127.0.0.1:{port}/_code/{key[0]}/{key[1]}"
        return json.dumps(answer).encode()

    def refuse_as_too_large(self, words: str) -> None:
        error = ("x-amzn-ErrorType", "RequestTooLargeException")
        self.answer_json(413, {"Type": "User", "message": words}, [error])

    def answer_json(self, status: int, content: Any, headers: Headers = ()) -> None:
        pairs = [("Content-Type", "application/json"), *headers]
        self.answer(status, json.dumps(content).encode(), pairs)

    def answer(self, status: int, body: bytes = b"", headers: Headers = ()) -> None:
        is_head = self.command == "HEAD"
        pairs = list(headers)
        length = str(len(body))
        if is_head:
            length = {name.lower(): value for name, value in pairs}.get("content-length", length)
        self.send_response(status)
        for name, value in pairs:
            if name.lower() not in DROPPED_HEADERS:
                self.send_header(name, value)
        self.send_header("Content-Length", length)
        self.end_headers()
        if not is_head:
            self.wfile.write(body)
        self.wfile.flush()


def function_name(part: str) -> str:
    """Return the bare name from a name or an ARN."""
    return urllib.parse.unquote(part).split(":")[-1]


@contextmanager
def start_front(moto: str, python: str, work_dir: Path) -> Iterator[str]:
    host = Moto(moto.removeprefix("http://"))
    functions = Functions(host, python, work_dir)
    handler = type("Handler", (FrontHandler,), {"functions": functions, "moto": host})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        functions.close()
