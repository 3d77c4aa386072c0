"""Files that no event of Lambda can hold, both ways, by the packaged application."""

from __future__ import annotations

import json
import re
import urllib.request
import uuid

import pytest

from tests.aws.sending import send, zip_of
from tests.deploy.conftest import EMAIL, PASSWORD
from tests.deploy.doors import Answer, Door, token_of
from tests.deploy.sandbox import EventTooLarge, Sandbox
from tests.deploy.test_http import multipart

FITS, TOO_LARGE, LARGEST = 4 * 1024 * 1024, 4_718_592, 5_000_000


@pytest.fixture
def door(function: Sandbox) -> Door:
    """The door of production, with Olga signed in."""
    door = Door("rest", function)
    door.sign_in(EMAIL, PASSWORD)
    return door


def fields_of(page: Answer) -> dict[str, str]:
    team = re.search(r'name="team"[^>]*value="([\w-]+)"', page.text)
    assert team
    return {"csrfmiddlewaretoken": token_of(page), "team": team[1]}


def upload(door: Door, size: int) -> Answer:
    fields = fields_of(door.get("/designs/new/")) | {"name": f"Plain {uuid.uuid4()}"}
    content_type, body = multipart(fields, "template", "all.zip", zip_of(size))
    return door.send("POST", "/designs/new/", "", {"Content-Type": content_type}, body)


def test_form_carries_what_the_page_says(door: Door) -> None:
    assert f'data-largest-bytes="{FITS}"' in door.get("/designs/new/").text
    assert upload(door, FITS).status == 302


def test_larger_form_never_arrives(door: Door) -> None:
    with pytest.raises(EventTooLarge):
        upload(door, TOO_LARGE)


def test_largest_file_goes_through_the_bucket_and_back(door: Door) -> None:
    content = zip_of(LARGEST)
    fields = fields_of(door.get("/designs/new/"))
    granted = door.post("/designs/incoming/", {**fields, "file": f"{LARGEST} all.zip"})
    assert granted.status == 200, granted.text
    (grant,) = json.loads(granted.body)["files"]
    assert send(grant, content) == 204

    made = door.post("/designs/new/", {**fields, "name": "Large", "received": grant["receipt"]})

    assert made.status == 302, made.text
    design = re.search(r"[\w-]{36}", made.headers["location"])
    assert design
    led = door.get(f"/designs/{design[0]}/original/")
    assert led.status == 302
    with urllib.request.urlopen(led.headers["location"], timeout=30) as answer:
        assert answer.read() == content
        assert answer.headers["Content-Disposition"] == 'attachment; filename="all.zip"'
