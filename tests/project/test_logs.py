from __future__ import annotations

import io
import json
import logging
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.http import HttpRequest
from django.test import Client
from pytest_django.fixtures import Settings

from apps.accounts.actions import invite
from apps.accounts.models import ApiToken, Team, User
from project import health
from project.ops import logs, mailing, scrubbing
from project.ops.scrubbing import scrub
from tests.factories import PASSWORD, make_token

TRACEBACK_SECRET = "postgresql://head:s3cretive-word@db.example.com/headroom"


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """Return what is written outside home."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logs.JsonFormatter())
    root, requests = logging.getLogger(), logging.getLogger("headroom.requests")
    level = requests.level
    requests.setLevel(logging.INFO)
    root.addHandler(handler)
    yield stream
    root.removeHandler(handler)
    requests.setLevel(level)


def entries(log: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in log.getvalue().splitlines()]


def line_of(log: io.StringIO, view: str) -> dict[str, Any]:
    return next(entry for entry in entries(log) if entry.get("view") == view)


@pytest.mark.django_db
def test_every_line_of_a_request_has_its_id(
    client: Client, log: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(health.CHECKS, "database", _fail)

    response = client.get("/readyz")

    ids = {entry["request_id"] for entry in entries(log)}
    assert ids == {response["X-Request-Id"]}
    assert {entry["logger"] for entry in entries(log)} >= {"project.health", "headroom.requests"}


def test_id_that_a_client_sends_is_not_taken(client: Client) -> None:
    response = client.get("/healthz", headers={"X-Request-Id": "of-somebody-else"})

    assert response["X-Request-Id"] != "of-somebody-else"


def test_lambda_gives_the_id(client: Client) -> None:
    class Context:
        aws_request_id = "8f5a"

    environ: dict[str, Any] = client.defaults
    environ["lambda.context"] = Context()

    assert client.get("/healthz")["X-Request-Id"] == "8f5a"


def test_request_is_logged_by_its_pattern_with_numbers(client: Client, log: io.StringIO) -> None:
    client.get("/accounts/login/")

    entry = line_of(log, "account_login")
    assert (entry["method"], entry["route"], entry["status"]) == ("GET", "accounts/login/", 200)
    assert entry["Requests"] == 1
    assert 0 < entry["DurationMs"] < 60_000
    directive = entry["_aws"]["CloudWatchMetrics"][0]
    assert directive["Dimensions"] == [["stage"]]
    assert entry["stage"] == "home"
    assert {"Name": "DurationMs", "Unit": "Milliseconds"} in directive["Metrics"]
    # Every metric that is declared must be there, and be a number, or CloudWatch drops the line.
    assert all(isinstance(entry[m["Name"]], int | float) for m in directive["Metrics"])


def test_probes_that_succeed_are_not_logged(client: Client, log: io.StringIO) -> None:
    client.get("/healthz")

    assert entries(log) == []


def test_any_logger_can_measure(log: io.StringIO) -> None:
    extra = {"metrics": {"WaitingSeconds": 2.5, "Swept": 3, "Broken": float("nan")}}
    logging.getLogger("apps.forecasts").warning("Swept", extra=extra)

    (entry,) = entries(log)
    assert (entry["WaitingSeconds"], entry["Swept"]) == (2.5, 3)
    assert "Broken" not in entry
    when = datetime.fromtimestamp(entry["_aws"]["Timestamp"] / 1000, UTC)
    assert abs((datetime.now(UTC) - when).total_seconds()) < 60


@pytest.mark.django_db
def test_no_secret_is_in_the_log(
    olga: User, team: Team, log: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Go through all that handles secrets, failing on the way, and search the log for them."""
    EmailAddress.objects.create(user=olga, email=olga.email, primary=True, verified=True)
    token = invite(
        team=team, email="new@example.com", role="viewer", invited_by=olga, now=datetime.now(UTC)
    )
    monkeypatch.setitem(health.CHECKS, "database", _fail)
    client = Client(raise_request_exception=False)

    client.post("/accounts/login/", {"login": olga.email, "password": "wrong-" + PASSWORD})
    client.post("/accounts/login/", {"login": olga.email, "password": PASSWORD})
    client.get(f"/accounts/invitations/{token}/")
    client.get(f"/accounts/invitations/{token}x/")
    client.get(f"/accounts/invitations/{token}/accept/")
    client.get("/nowhere/", headers={"Authorization": "Bearer abcdefgh12345"})
    client.get("/readyz")
    client.post("/accounts/password/reset/", {"email": olga.email})
    link = next(word for word in mail.outbox[-1].body.split() if "/reset/key/" in word)
    client.get(link.removeprefix("http://testserver"))
    client.get(link.removeprefix("http://testserver") + "x/y/")
    session = client.cookies["sessionid"].value

    text = log.getvalue()
    reset_key = link.split("/key/")[1].strip("/")
    secrets = [PASSWORD, token, session, "abcdefgh12345", "s3cretive-word", reset_key]
    assert len(text.splitlines()) > 8
    assert [secret for secret in secrets if secret in text] == []


@pytest.mark.django_db
def test_no_token_of_a_pipeline_is_in_the_log(
    olga: User, team: Team, log: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Make one on the page, use it well and badly, let the view fail with it in its message."""
    client = Client(raise_request_exception=False)
    client.force_login(olga)
    form = {"name": "x", "membership": team.pk, "scopes": ["forecast", "read"], "days": 7}
    page = client.post("/accounts/tokens/create/", form).content.decode()
    (token,) = re.findall(r"headroom_[0-9a-f]{8}_[0-9a-f]{64}", page)
    secret, headers = token.rpartition("_")[2], {"Authorization": f"Bearer {token}"}

    def fail(form: Any, request: HttpRequest) -> None:
        raise ConnectionError(f"refused {request.headers['Authorization']} and {token}")

    client.post("/api/forecast/", headers=headers)
    client.get(f"/nowhere/{token}/", headers=headers)
    client.get("/healthz", headers=headers)
    client.get("/api/forecast/", {"token": token}, headers={"Authorization": f"Basic {token}"})
    monkeypatch.setattr("apps.forecasts.views.api.checked", fail)
    assert client.post("/api/forecast/", headers=headers).status_code == 500

    assert len(log.getvalue().splitlines()) > 5
    assert "ConnectionError" in log.getvalue()
    assert secret not in log.getvalue()
    assert ApiToken.hash_token(token) not in log.getvalue()


@pytest.mark.django_db
def test_line_of_a_pipeline_names_its_token_by_number(
    olga: User, team: Team, log: io.StringIO
) -> None:
    headers = {"Authorization": f"Bearer {make_token(olga, team)}"}

    Client().post("/api/forecast/", headers=headers)

    entry = line_of(log, "forecasts:api_forecast")
    assert entry["token"] == ApiToken.objects.get().pk
    assert (entry["user"], entry["status"]) == (olga.pk, 422)


def test_values_of_settings_are_hidden(settings: Settings) -> None:
    settings.EMAIL_HOST_PASSWORD = "hunter2-hunter2"
    scrubbing._known_secrets.cache_clear()

    try:
        assert scrub("535 refused: hunter2-hunter2!") == "535 refused: [hidden]!"
    finally:
        scrubbing._known_secrets.cache_clear()


@pytest.mark.parametrize(
    "text",
    [
        "password=SECRETWORD&next=/",
        '{"password": "SECRETWORD of two words"}',
        "{'new_password1': 'SECRETWORD'}",
        "Cookie: sessionid=SECRETWORD; theme=dark",
        "https://bucket.s3.amazonaws.com/key?X-Amz-Signature=SECRETWORD&a=b",
        "aws_secret_access_key=SECRETWORD",
        "could not connect to postgresql://me:SECRETWORD@db:5432/x",
        "/accounts/confirm-email/SECRETWORD/",
        "Authorization: Bearer SECRETWORD",
    ],
)
def test_shapes_of_secrets_are_hidden(text: str) -> None:
    assert "SECRETWORD" not in scrub(text)


def test_plain_text_stays() -> None:
    text = "Swept 3 forecasts of /designs/4f/ in 2 s: tokens are fine, passwords too"

    assert scrub(text) == text


def test_fault_is_mailed_once_and_without_secrets(settings: Settings) -> None:
    settings.ADMINS = [("Operator", "ops@example.com")]
    handler = mailing.FaultMailHandler()

    for _ in range(3):
        handler.handle(_record_of_a_failure())

    (letter,) = mail.outbox
    assert letter.to == ["ops@example.com"]
    assert "ConnectionError" in letter.body
    assert "s3cretive-word" not in letter.subject + str(letter.body)


def test_other_fault_is_mailed_too(settings: Settings) -> None:
    settings.ADMINS = [("Operator", "ops@example.com")]
    handler = mailing.FaultMailHandler()

    handler.handle(_record_of_a_failure())
    handler.handle(logging.LogRecord("x", logging.ERROR, "a.py", 1, "Else", None, None))

    assert len(mail.outbox) == 2


def _fail(request: HttpRequest | None = None) -> None:
    raise ConnectionError(f"no route to {TRACEBACK_SECRET}")


def _record_of_a_failure() -> logging.LogRecord:
    try:
        _fail()
    except ConnectionError as error:
        caught = (type(error), error, error.__traceback__)
    message = f"Failed with {TRACEBACK_SECRET}"
    return logging.LogRecord("x", logging.ERROR, "a.py", 1, message, None, caught)
