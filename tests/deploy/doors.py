"""The doors by which a request comes to the function, used like a browser."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from tests.deploy.events import http_api_event, load_balancer_event, rest_api_event
from tests.deploy.sandbox import Sandbox

NAMES = ("rest", "http", "url", "alb", "alb-single")


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    cookies: list[str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()


@dataclass
class Door:
    name: str
    function: Sandbox
    jar: dict[str, str] = field(default_factory=dict)

    @property
    def prefix(self) -> str:
        """What stands before every path in links: the stage, where the address shows it."""
        return "/dev" if self.name in ("rest", "http") else ""

    @property
    def host(self) -> str:
        if self.name.startswith("alb"):
            return "shop.example.com"
        return (
            "abc.lambda-url.us-east-1.on.aws"
            if self.name == "url"
            else ("abc.execute-api.us-east-1.amazonaws.com")
        )

    def get(self, path: str, query: str = "", **headers: str) -> Answer:
        return self.send("GET", path, query, {k.replace("_", "-"): v for k, v in headers.items()})

    def post(self, path: str, fields: Mapping[str, str]) -> Answer:
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        return self.send("POST", path, "", headers, urlencode(fields).encode())

    def send(
        self, method: str, path: str, query: str, headers: Mapping[str, str], body: bytes = b""
    ) -> Answer:
        event = self.event(method, path, query, self._with_origin(headers), body)
        answer = answer_of(self.function.invoke(event).json())
        for cookie in answer.cookies:
            name, _, value = cookie.partition(";")[0].partition("=")
            self.jar[name] = value
        return answer

    def event(
        self, method: str, path: str, query: str, headers: Mapping[str, str], body: bytes = b""
    ) -> dict[str, Any]:
        pairs = [f"{name}={value}" for name, value in self.jar.items()]
        if self.name in ("http", "url"):
            return http_api_event(
                method, path, query, headers, body, cookies=pairs,
                is_function_url=self.name == "url",
                stage="$default" if self.name == "url" else "dev",
            )  # fmt: skip
        headers = {**headers, "Cookie": "; ".join(pairs)} if pairs else dict(headers)
        if self.name == "rest":
            return rest_api_event(method, path, query, headers, body)
        return load_balancer_event(
            method, path, query, headers, body, multi_value=self.name == "alb"
        )

    def sign_in(self, email: str, password: str) -> Answer:
        token = token_of(self.get("/accounts/login/"))
        fields = {"login": email, "password": password, "csrfmiddlewaretoken": token}
        return self.post("/accounts/login/", fields)

    def _with_origin(self, headers: Mapping[str, str]) -> dict[str, str]:
        return {"Referer": f"https://{self.host}/", **headers}


def token_of(answer: Answer) -> str:
    found = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', answer.text)
    assert found, answer.text[:500]
    return found[1]


def answer_of(response: Mapping[str, Any]) -> Answer:
    """Read a response as its door does: every line that a browser would get."""
    lines = [(name, str(value)) for name, value in (response.get("headers") or {}).items()]
    for name, values in (response.get("multiValueHeaders") or {}).items():
        lines += [(name, value) for value in values]
    cookies = list(response.get("cookies") or [])
    cookies += [value for name, value in lines if name.lower() == "set-cookie"]
    text = response.get("body") or ""
    body = base64.b64decode(text) if response.get("isBase64Encoded") else text.encode()
    headers = {name.lower(): value for name, value in lines}
    return Answer(response["statusCode"], headers, cookies, body)
