"""What an HTTP event of Lambda must say before Zappa reads it, and what its answer must look like.

Payload 1.0 comes from REST APIs and load balancers, payload 2.0 from HTTP APIs and function URLs.

References
----------
https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
https://docs.aws.amazon.com/elasticloadbalancing/latest/application/lambda-functions.html
https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/adding-cloudfront-headers.html
"""

from __future__ import annotations

import base64
import binascii
import hmac
import itertools
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import unquote_plus

Event = dict[str, Any]
Many = dict[str, list[str]]
ORIGIN_HEADER: Final = "X-Origin-Secret"
VIEWER_HEADER: Final = "Cloudfront-Viewer-Address"
FORWARDED: Final = "X-Forwarded-For"


@dataclass(frozen=True)
class Origin:
    """Who may call: with secrets set, only CloudFront, which knows one of them.

    Two secrets are good while one replaces the other.
    """

    secrets: tuple[str, ...] = ()
    public_host: str = ""

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Origin:
        secrets = environment.get("ORIGIN_SECRETS", "").split(",")
        return cls(tuple(filter(None, secrets)), environment.get("PUBLIC_HOST", ""))

    def knows(self, secret: str) -> bool:
        given = secret.encode()
        return any(hmac.compare_digest(given, known.encode()) for known in self.secrets)


def is_http(event: Event) -> bool:
    return event.get("version") == "2.0" or "httpMethod" in event


def refusal(event: Event, origin: Origin) -> Event | None:
    """Return the answer to a request that must not reach the application, or None."""
    if not _is_whole(event):
        return _plain(event, 400, "400 Bad Request")
    # Behind CloudFront a missing secret shuts the door; it does not leave it open.
    is_guarded = origin.secrets or origin.public_host
    if is_guarded and not origin.knows(_first(_headers(event), ORIGIN_HEADER)):
        return _plain(event, 403, "403 Forbidden")
    return None


def repaired(event: Event, origin: Origin) -> Event:
    """Return the event as Zappa should see it: with one address, that of the real client."""
    headers = _headers(event)
    headers.pop(ORIGIN_HEADER, None)
    headers[FORWARDED] = [_client_address(event, headers, origin)]
    good: Event = {**event, "stageVariables": None}
    if origin.secrets and origin.public_host:
        # CloudFront asks for the API's own host, and below its stage.
        headers["Host"] = [origin.public_host]
        good = _without_stage(good)
    if event.get("version") == "2.0":
        return {**good, "headers": {name: ",".join(values) for name, values in headers.items()}}
    single = {name: values[-1] for name, values in headers.items()}
    query = _query(event)
    return {
        **good,
        "headers": single,
        "multiValueHeaders": headers,
        "multiValueQueryStringParameters": query,
    }


def as_asked(event: Event, response: Event) -> Event:
    """Return the response in the form that the caller of this event understands."""
    many: Many | None = response.get("multiValueHeaders")
    if many is None:
        # Django leaves a space before each cookie, for a browser to drop.
        cookies = [cookie.strip() for cookie in response.get("cookies") or []]
        return {**response, "cookies": cookies} if cookies else response
    many = {name: [value.strip() for value in values] for name, values in many.items()}
    plain = {name: value for name, value in response.items() if name != "headers"}
    if "multiValueHeaders" in event:
        # Single headers beside them would be merged in, a cookie twice.
        return {**plain, "multiValueHeaders": many}
    del plain["multiValueHeaders"]
    return {**plain, "headers": _single(many)}


def _is_whole(event: Event) -> bool:
    context = event.get("requestContext")
    if event.get("version") == "2.0":
        http = context.get("http") if isinstance(context, dict) else None
        method = http.get("method") if isinstance(http, dict) else None
        path, cookies = event.get("rawPath"), event.get("cookies") or []
        good = isinstance(cookies, list) and isinstance(event.get("headers"), dict)
    else:
        method, path = event.get("httpMethod"), event.get("path")
        good = isinstance(context or {}, dict) and all(
            isinstance(event.get(name) or {}, dict) for name in ("headers", "multiValueHeaders")
        )
    return good and isinstance(method, str) and isinstance(path, str) and _has_good_body(event)


def _has_good_body(event: Event) -> bool:
    body = event.get("body")
    if body is None or not event.get("isBase64Encoded"):
        return body is None or isinstance(body, str)
    try:
        base64.b64decode(body, validate=True)
    except (binascii.Error, TypeError, ValueError):
        return False
    return True


def _headers(event: Event) -> Many:
    """Return the headers under one spelling of their names.

    Underscores are left out: in WSGI they would pass for the same header with hyphens.
    """
    many = event.get("multiValueHeaders") or {}
    if not many:
        many = {name: [value] for name, value in (event.get("headers") or {}).items()}
    headers: Many = {}
    for name, values in many.items():
        if "_" not in name:
            headers.setdefault(name.title(), []).extend(map(str, values))
    return headers


def _query(event: Event) -> Many:
    many = event.get("multiValueQueryStringParameters")
    if many is None:
        single = event.get("queryStringParameters") or {}
        many = {name: [value] for name, value in single.items()}
    if "elb" not in (event.get("requestContext") or {}):
        return many
    # A load balancer passes the query on as it was written.
    return {unquote_plus(name): [unquote_plus(value) for value in many[name]] for name in many}


def _first(headers: Many, name: str) -> str:
    return headers.get(name, [""])[0]


def _client_address(event: Event, headers: Many, origin: Origin) -> str:
    viewer = _first(headers, VIEWER_HEADER)
    if origin.secrets and viewer:
        return viewer.rpartition(":")[0].strip("[]")
    context = event.get("requestContext") or {}
    if "elb" in context:
        # A load balancer adds the address that it sees to whatever the client has sent.
        return ",".join(headers.get(FORWARDED, [""])).rpartition(",")[2].strip()
    source = context.get("http") or context.get("identity") or {}
    return str(source.get("sourceIp", ""))


def _without_stage(event: Event) -> Event:
    context = event.get("requestContext") or {}
    prefix = f"/{context.get('stage', '')}"
    path = event.get("rawPath", "")
    if event.get("version") != "2.0" or not (path == prefix or path.startswith(f"{prefix}/")):
        return event
    return {**event, "rawPath": path.removeprefix(prefix) or "/"}


def _plain(event: Event, status: int, words: str) -> Event:
    headers = {"Content-Type": "application/json"}
    answer = {"statusCode": status, "body": json.dumps({"message": words}), "headers": headers}
    context = event.get("requestContext")
    if isinstance(context, dict) and "elb" in context:
        answer |= {"statusDescription": words, "isBase64Encoded": False}
        if "multiValueHeaders" in event:
            answer["multiValueHeaders"] = {name: [value] for name, value in headers.items()}
    return answer


def _single(many: Many) -> dict[str, str]:
    """Return one value for each name; cookies cannot be joined, so each has a name of its own."""
    headers: dict[str, str] = {}
    for name, values in many.items():
        if name.lower() == "set-cookie":
            headers.update(zip(_spellings("set-cookie"), values, strict=False))
        else:
            headers[name] = ", ".join(values)
    return headers


def _spellings(name: str) -> list[str]:
    """Return the same name in its many cases, which a load balancer keeps apart."""
    letters = [(letter, letter.upper()) if letter.isalpha() else (letter,) for letter in name]
    return ["".join(choice) for choice in itertools.product(*letters)]
