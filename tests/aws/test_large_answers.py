"""Downloads that no answer of Lambda can hold."""

from __future__ import annotations

import io
import urllib.request
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from botocore.exceptions import ClientError
from django.http import FileResponse, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.test import Client, RequestFactory
from pytest_django.fixtures import Settings

from apps.accounts.models import Team, User
from apps.designs.actions import keep_upload
from apps.designs.models import Version
from project.ops.large_answers import LargeAnswerMiddleware
from tests.aws.buckets import keys as keys_in
from tests.aws.buckets import refuse
from tests.forecasts.conftest import make_design

NAME = "attachment; filename*=utf-8''K%C3%A4se.zip"
LIMIT = 4 * 1024 * 1024


def answered(response: HttpResponseBase) -> HttpResponseBase:
    return LargeAnswerMiddleware(lambda request: response)(RequestFactory().get("/"))


def download(size: int, **headers: str) -> HttpResponse:
    said = {"Content-Disposition": NAME, "Content-Type": "application/zip", **headers}
    return HttpResponse(b"x" * size, headers=said)


def fetch(url: str) -> tuple[Any, bytes]:
    with urllib.request.urlopen(url, timeout=20) as answer:
        return answer.headers, answer.read()


def test_what_fits_is_answered_itself(bucket: Any) -> None:
    response = download(LIMIT)

    assert answered(response) is response
    assert keys_in(bucket) == set()


def test_one_byte_more_goes_through_the_bucket(bucket: Any) -> None:
    response = answered(download(LIMIT + 1))

    assert response.status_code == 302
    assert response["Cache-Control"] == "private, no-store"
    headers, body = fetch(response["Location"])
    assert len(body) == LIMIT + 1
    assert headers["Content-Disposition"] == NAME
    assert headers["Content-Type"] == "application/zip"


def test_address_is_signed_for_ten_minutes_and_cannot_be_guessed(bucket: Any) -> None:
    first, second = (answered(download(LIMIT + 1))["Location"] for _ in range(2))

    said = parse_qs(urlsplit(first).query)
    assert said["X-Amz-Expires"] == ["600"]
    assert said["X-Amz-Algorithm"] == ["AWS4-HMAC-SHA256"]
    assert urlsplit(first).path != urlsplit(second).path
    assert all(key.startswith("exports/") and len(key) > 40 for key in keys_in(bucket))


def test_file_and_stream_go_the_same_way(db: None, bucket: Any) -> None:
    file = io.BytesIO(b"y" * (LIMIT + 1))
    for response in (
        FileResponse(file, as_attachment=True, filename="team.zip"),
        StreamingHttpResponse([b"y"] * 3, headers={"Content-Disposition": NAME}),
    ):
        led = answered(response)
        assert led.status_code == 302
        assert set(fetch(led["Location"])[1]) == {ord("y")}
        led.close()
    assert file.closed


def test_small_file_stays_an_answer(bucket: Any) -> None:
    response = FileResponse(io.BytesIO(b"y"), as_attachment=True, filename="team.zip")

    assert answered(response) is response


@pytest.mark.parametrize(
    "response",
    [
        HttpResponse(b"<html>" + b"x" * LIMIT),
        HttpResponse(b"x" * (LIMIT + 1), headers={"Content-Disposition": "inline"}),
        HttpResponse(b"x" * (LIMIT + 1), status=404, headers={"Content-Disposition": NAME}),
    ],
)
def test_page_never_does(bucket: Any, response: HttpResponse) -> None:
    assert answered(response) is response
    assert keys_in(bucket) == set()


def test_without_a_bucket_it_is_answered_itself(settings: Settings) -> None:
    response = download(LIMIT + 1)

    assert answered(response) is response


def test_large_original_of_a_design(
    alice: User, alice_client: Client, bob_client: Client, charlie_client: Client, team: Team,
    bucket: Any,
) -> None:  # fmt: skip
    design = make_design(team, alice)
    content = b"#" * (LIMIT + 1)
    source = keep_upload(team=team, author=alice, files={"shop.yaml": content})
    Version.objects.filter(design=design).update(source=source)
    url = f"/designs/{design.pk}/original/"

    assert charlie_client.get(url).status_code == 404
    assert keys_in(bucket) == set()
    response = bob_client.get(url)

    headers, body = fetch(response["Location"])
    assert body == content
    assert headers["Content-Disposition"] == 'attachment; filename="shop.yaml"'
    assert "frame-ancestors 'none'" in response["Content-Security-Policy"]


def test_refusing_bucket_is_a_fault_and_no_broken_file(bucket: Any) -> None:
    refuse(bucket, "s3:PutObject")

    with pytest.raises(ClientError):
        answered(download(LIMIT + 1))
