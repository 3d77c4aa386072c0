"""What an event must say before Zappa reads it, and what goes back."""

from __future__ import annotations

from typing import Any

import pytest

from project.lambda_events import Origin, as_asked, refusal, repaired

NOBODY = Origin()
CLOUDFRONT = Origin(("new", "old"), "headroom.example.com")


def rest(**fields: Any) -> dict[str, Any]:
    return {
        "httpMethod": "GET",
        "path": "/",
        "headers": {"Host": "abc.execute-api.us-east-1.amazonaws.com"},
        "requestContext": {"stage": "dev", "identity": {"sourceIp": "203.0.113.9"}},
        **fields,
    }


def http(**fields: Any) -> dict[str, Any]:
    return {
        "version": "2.0",
        "rawPath": "/dev/designs/",
        "headers": {"host": "abc.execute-api.us-east-1.amazonaws.com"},
        "requestContext": {"stage": "dev", "http": {"method": "GET", "sourceIp": "203.0.113.9"}},
        **fields,
    }


def header(event: dict[str, Any], name: str, value: str) -> dict[str, Any]:
    return {**event, "headers": {**event["headers"], name: value}}


@pytest.mark.parametrize("event", [rest(), http()])
@pytest.mark.parametrize("name", ["x-forwarded-for", "X-FORWARDED-FOR", "X_Forwarded_For"])
def test_client_cannot_name_its_address(event: dict[str, Any], name: str) -> None:
    headers = repaired(header(event, name, "6.6.6.6"), NOBODY)["headers"]

    assert headers["X-Forwarded-For"] == "203.0.113.9"
    assert "6.6.6.6" not in headers.values()


def test_load_balancer_is_believed_in_what_it_adds() -> None:
    event = rest(requestContext={"elb": {}})

    forwarded = repaired(header(event, "x-forwarded-for", "6.6.6.6, 203.0.113.9"), NOBODY)
    assert forwarded["headers"]["X-Forwarded-For"] == "203.0.113.9"


@pytest.mark.parametrize("viewer", ["198.51.100.7:443", "2001:db8::7:443", "[2001:db8::7]:443"])
def test_cloudfront_names_the_viewer(viewer: str) -> None:
    event = header(header(rest(), "x-origin-secret", "old"), "cloudfront-viewer-address", viewer)

    assert refusal(event, CLOUDFRONT) is None
    headers = repaired(event, CLOUDFRONT)["headers"]
    assert headers["X-Forwarded-For"] in {"198.51.100.7", "2001:db8::7"}
    assert headers["Host"] == "headroom.example.com"
    assert "X-Origin-Secret" not in headers


@pytest.mark.parametrize("event", [rest(), http(), header(rest(), "x-origin-secret", "guess")])
def test_who_comes_past_cloudfront_is_refused(event: dict[str, Any]) -> None:
    answer = refusal(event, CLOUDFRONT)

    assert answer is not None
    assert answer["statusCode"] == 403


@pytest.mark.parametrize("given", ["", "guess"])
def test_secret_that_was_forgotten_shuts_the_door(given: str) -> None:
    answer = refusal(header(rest(), "x-origin-secret", given), Origin((), "headroom.example.com"))

    assert answer is not None
    assert answer["statusCode"] == 403


def test_links_are_without_the_stage_behind_cloudfront() -> None:
    event = header(http(), "x-origin-secret", "new")

    assert repaired(event, CLOUDFRONT)["rawPath"] == "/designs/"
    assert repaired({**event, "rawPath": "/development/"}, CLOUDFRONT)["rawPath"] == "/development/"


def test_stage_variables_change_nothing() -> None:
    assert repaired(rest(stageVariables={"DEBUG": "True"}), NOBODY)["stageVariables"] is None


@pytest.mark.parametrize(
    "event",
    [
        rest(path=None),
        rest(httpMethod=3),
        rest(headers=["Host"]),
        rest(requestContext="none"),
        rest(body={"a": 1}),
        rest(body="no base64!", isBase64Encoded=True),
        http(rawPath=None),
        http(headers=None),
        http(cookies="a=b"),
        http(requestContext={}),
        {"version": "2.0"},
    ],
)
def test_half_a_request_is_refused(event: dict[str, Any]) -> None:
    answer = refusal(event, NOBODY)

    assert answer is not None
    assert answer["statusCode"] == 400


def test_load_balancer_gets_one_name_for_each_cookie() -> None:
    event = rest(requestContext={"elb": {}})
    response = {
        "statusCode": 200,
        "headers": {"Set-Cookie": " b=2"},
        "multiValueHeaders": {"Set-Cookie": [" a=1", " b=2"], "Vary": ["Cookie", "Origin"]},
    }

    headers = as_asked(event, response)["headers"]
    cookies = {name: value for name, value in headers.items() if name.lower() == "set-cookie"}
    assert sorted(cookies.values()) == ["a=1", "b=2"]
    assert headers["Vary"] == "Cookie, Origin"


def test_several_values_go_back_in_one_form_only() -> None:
    response = {"statusCode": 200, "headers": {"A": "1"}, "multiValueHeaders": {"A": ["1", "2"]}}

    answer = as_asked(rest(multiValueHeaders={}), response)
    assert answer == {"statusCode": 200, "multiValueHeaders": {"A": ["1", "2"]}}


def test_load_balancer_leaves_the_query_as_it_was_written() -> None:
    event = rest(requestContext={"elb": {}}, queryStringParameters={"a%20b": "c+d"})

    assert repaired(event, NOBODY)["multiValueQueryStringParameters"] == {"a b": ["c d"]}
