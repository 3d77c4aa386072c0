"""A file that is too large for a form: the browser sends it to the bucket, and then its receipt."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from moto.server import ThreadedMotoServer
from playwright.sync_api import FilePayload, Page, expect
from pytest_django.fixtures import Settings

from apps.accounts.models import User
from apps.designs.actions import create_design_from_files
from apps.designs.models import Design, Upload
from tests.aws.buckets import keys, use_bucket
from tests.aws.sending import zip_of
from tests.designs.conftest import TEMPLATE

pytestmark = pytest.mark.django_db(transaction=True)
Check = Callable[[Page], None]
SignIn = Callable[[Page, User], None]


@pytest.fixture
def bucket(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAFIXTURE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret-of-a-fixture")
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    bucket = use_bucket(settings, f"http://{host}:{port}")
    rules = settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]
    allowed = {**rules, "connect-src": ["'self'", settings.MEDIA_ORIGIN]}
    settings.CONTENT_SECURITY_POLICY = {"DIRECTIVES": allowed}
    yield bucket
    server.stop()


def file_of(size: int) -> FilePayload:
    return {"name": "all.zip", "mimeType": "application/zip", "buffer": zip_of(size)}


def test_large_file_takes_the_way_through_the_bucket(
    desktop_page: Page, alice: User, sign_in: SignIn, bucket: Any, axe: Check
) -> None:
    page = desktop_page
    sign_in(page, alice)
    sent: list[str] = []
    page.on("request", lambda request: sent.append(f"{request.method} {request.url}"))

    page.goto("/designs/new/")
    axe(page)
    page.get_by_label("Template", exact=True).set_input_files(file_of(4_500_000))
    page.get_by_role("button", name="Read the template").click()

    expect(page.get_by_role("status").first).to_contain_text("The template is read.")
    assert any(line.startswith(f"POST {bucket.meta.client.meta.endpoint_url}/") for line in sent)
    assert Upload.objects.get().size == 4_500_000
    assert keys(bucket) == set()


def test_design_is_read_again_in_the_same_way(
    desktop_page: Page, alice: User, sign_in: SignIn, bucket: Any
) -> None:
    page = desktop_page
    sign_in(page, alice)
    team = alice.memberships.get().team
    design = create_design_from_files(
        team=team, author=alice, name="Shop", files={"template.yaml": TEMPLATE}
    )

    page.goto(f"/designs/{design.pk}/upload/")
    page.get_by_label("Template", exact=True).set_input_files(file_of(4_500_000))
    page.get_by_role("button", name="Read the template").click()

    expect(page.get_by_role("status").first).to_contain_text("The template is read as version 2")


def test_file_beyond_the_limit_is_refused_before_it_is_sent(
    desktop_page: Page, alice: User, sign_in: SignIn, bucket: Any, axe: Check
) -> None:
    page = desktop_page
    sign_in(page, alice)

    page.goto("/designs/new/")
    page.get_by_label("Template", exact=True).set_input_files(file_of(5_000_001))
    page.get_by_role("button", name="Read the template").click()

    expect(page.get_by_role("alert")).to_contain_text("all.zip has 5,000,001 bytes")
    expect(page.get_by_role("button", name="Read the template")).to_be_enabled()
    axe(page)
    assert not Design.objects.exists()
