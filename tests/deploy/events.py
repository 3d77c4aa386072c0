"""Events as the front doors of Lambda send them."""

from __future__ import annotations

import base64
import urllib.parse
from collections.abc import Mapping, Sequence
from typing import Any

ACCOUNT = "123456789012"
CLIENT_IP = "203.0.113.9"
REST_HOST = "abc.execute-api.us-east-1.amazonaws.com"
URL_HOST = "abc.lambda-url.us-east-1.on.aws"


def http_api_event(
    method: str,
    path: str,
    query: str = "",
    headers: Mapping[str, str] | None = None,
    body: bytes = b"",
    *,
    cookies: Sequence[str] = (),
    stage: str = "$default",
    is_function_url: bool = False,
    as_base64: bool | None = None,
) -> dict[str, Any]:
    """Return a payload 2.0 event, as HTTP APIs and function URLs send it."""
    lower = {name.lower(): value for name, value in (headers or {}).items()}
    lower.setdefault("host", URL_HOST if is_function_url else REST_HOST)
    lower.setdefault("x-forwarded-proto", "https")
    lower.setdefault("x-forwarded-port", "443")
    lower.setdefault("x-forwarded-for", CLIENT_IP)
    if as_base64 is None:
        text = ("text/", "application/json", "application/x-www-form")
        as_base64 = bool(body) and not lower.get("content-type", "").startswith(text)

    raw_path = path if stage == "$default" else f"/{stage}{path}"
    event: dict[str, Any] = {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": urllib.parse.quote(raw_path),
        "rawQueryString": query,
        "headers": lower,
        "requestContext": {
            "accountId": ACCOUNT,
            "apiId": "abc",
            "domainName": lower["host"],
            "domainPrefix": "abc",
            "http": {
                "method": method,
                "path": raw_path,
                "protocol": "HTTP/1.1",
                "sourceIp": CLIENT_IP,
                "userAgent": lower.get("user-agent", "test"),
            },
            "requestId": "request-1",
            "routeKey": "$default",
            "stage": stage,
            "time": "01/Jan/2026:00:00:00 +0000",
            "timeEpoch": 1767225600000,
        },
        "isBase64Encoded": as_base64,
    }
    values = urllib.parse.parse_qs(query, keep_blank_values=True)
    if values:
        event["queryStringParameters"] = {name: ",".join(v) for name, v in values.items()}
    if cookies:
        event["cookies"] = list(cookies)
    if body:
        event["body"] = base64.b64encode(body).decode() if as_base64 else body.decode()
    return event


def rest_api_event(
    method: str,
    path: str,
    query: str = "",
    headers: Mapping[str, str] | None = None,
    body: bytes = b"",
    *,
    stage: str = "dev",
    is_load_balancer: bool = False,
    as_base64: bool | None = None,
) -> dict[str, Any]:
    """Return a payload 1.0 event, as REST APIs (and, nearly so, load balancers) send it."""
    values = dict(headers or {})
    values.setdefault("Host", REST_HOST)
    values.setdefault("X-Forwarded-Proto", "https")
    values.setdefault("X-Forwarded-Port", "443")
    values.setdefault("X-Forwarded-For", f"{CLIENT_IP}, 70.132.20.1")
    if as_base64 is None:
        as_base64 = bool(body) and "multipart" in values.get("Content-Type", "")

    if is_load_balancer:
        context: dict[str, Any] = {"elb": {"targetGroupArn": "target"}}
    else:
        context = {
            "stage": stage,
            "requestId": "request-1",
            "identity": {"sourceIp": CLIENT_IP},
            "path": f"/{stage}{path}",
            "apiId": "abc",
            "httpMethod": method,
            "resourcePath": "/{proxy+}",
        }
    text = base64.b64encode(body).decode() if as_base64 else body.decode()
    parameters = urllib.parse.parse_qs(query, keep_blank_values=True)
    return {
        "resource": "/{proxy+}",
        "path": path,
        "httpMethod": method,
        "headers": values,
        "multiValueHeaders": {name: [value] for name, value in values.items()},
        "queryStringParameters": {name: v[-1] for name, v in parameters.items()} or None,
        "multiValueQueryStringParameters": parameters or None,
        "pathParameters": {"proxy": path[1:]},
        "stageVariables": None,
        "requestContext": context,
        "body": text or None,
        "isBase64Encoded": as_base64,
    }


def load_balancer_event(
    method: str,
    path: str,
    query: str = "",
    headers: Mapping[str, str] | None = None,
    body: bytes = b"",
    *,
    multi_value: bool = True,
) -> dict[str, Any]:
    """Return what a load balancer sends: one form of headers only, the query as it was written."""
    sent = {name.lower(): value for name, value in (headers or {}).items()}
    sent.setdefault("host", "shop.example.com")
    seen = sent.get("x-forwarded-for")
    sent["x-forwarded-for"] = f"{seen}, {CLIENT_IP}" if seen else CLIENT_IP
    event = rest_api_event(method, path, "", sent, body, is_load_balancer=True)
    for name in ("resource", "pathParameters", "stageVariables"):
        del event[name]
    # `rest_api_event` adds what the gateway adds, under names of its own.
    event["headers"] = {name.lower(): value for name, value in event["headers"].items()} | sent
    pairs = [part.partition("=")[::2] for part in query.split("&") if part]
    many: dict[str, list[str]] = {}
    for name, value in pairs:
        many.setdefault(name, []).append(value)
    event["queryStringParameters"] = {name: values[-1] for name, values in many.items()}
    if multi_value:
        single = event.pop("headers")
        event["multiValueHeaders"] = {name: [value] for name, value in single.items()}
        event.pop("queryStringParameters")
        event["multiValueQueryStringParameters"] = many
    else:
        event.pop("multiValueHeaders")
        event.pop("multiValueQueryStringParameters")
    return event
