from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from typing import Any

import pytest
from django.test import Client

from apps.accounts.models import Team, User
from apps.designs.actions import (
    create_blank_design,
    create_design_from_files,
    reimport,
    save_version,
)
from apps.designs.models import Design, Upload
from apps.engine.formats import read
from apps.engine.graph import Architecture, Component
from tests.forecasts.conftest import TEMPLATE

pytestmark = pytest.mark.django_db


@pytest.fixture
def url(design: Design) -> str:
    return f"/designs/{design.pk}/export/"


def edit(design: Design, component: str, **settings: Any) -> None:
    """Save what the form of a component saves."""
    now = design.latest().architecture()
    kept = {**now.component(component).settings, **settings}
    save_version(
        design=design,
        based_on=design.latest().number,
        architecture=now.with_settings(component, kept),
        author=None,
        message="edited",
    )


def test_formats_are_offered_with_a_tab(bob_client: Client, url: str) -> None:
    page = bob_client.get(url).content.decode()

    assert f'href="{url}sam/"' in page
    assert f'href="{url}cloudformation/"' in page
    assert "No line is changed" in page
    assert (
        f'aria-current="page" href="{url}"' in page or f'href="{url}" aria-current="page"' in page
    )


def test_unchanged_it_is_sent_byte_for_byte(bob_client: Client, url: str) -> None:
    response = bob_client.get(f"{url}sam/")

    assert response.content == TEMPLATE
    assert response["Content-Type"] == "application/octet-stream"
    assert response["Content-Disposition"] == 'attachment; filename="template.yaml"'


def test_a_service_is_given_back_with_its_lines(bob_client: Client, team: Team) -> None:
    text = b"service: shop\nprovider: {name: aws}\nfunctions:\n  hello:\n    handler: a.b\n"
    files = {"serverless.yml": text}
    design = create_design_from_files(team=team, author=None, name="Shop", files=files)
    url = f"/designs/{design.pk}/export/"
    assert bob_client.get(f"{url}serverless/").content == text

    edit(design, "HelloLambdaFunction", memory_mb=2048)

    assert "+     memorySize: 2048" in bob_client.get(url).content.decode()
    response = bob_client.get(f"{url}serverless/")
    assert response.content == text + b"    memorySize: 2048\n"
    assert response["Content-Disposition"] == 'attachment; filename="serverless.yml"'


def test_settings_edited_since_stand_in_their_lines(
    bob_client: Client, design: Design, url: str
) -> None:
    edit(design, "Notes", memory_mb=512)
    edit(design, "NotesTable", read_capacity=9)
    page = bob_client.get(url).content.decode()

    assert "+       MemorySize: 512" in page
    assert page.count("<del>") == 1
    assert bob_client.get(f"{url}sam/").content == TEMPLATE.replace(
        b"!Ref NotesTable}}]\n", b"!Ref NotesTable}}]\n      MemorySize: 512\n"
    ).replace(b"ReadCapacityUnits: 5", b"ReadCapacityUnits: 9")


def test_what_the_template_cannot_be_told_is_listed(
    bob_client: Client, design: Design, url: str
) -> None:
    now = design.latest().architecture()
    jobs = Component(id="sqs_queue-1", kind="sqs_queue", name="Jobs")
    save_version(
        design=design,
        based_on=1,
        architecture=replace(now, components=(*now.components, jobs)),
        author=None,
        message="Jobs added",
    )
    edit(design, "Notes", is_in_vpc=True)
    page = bob_client.get(url).content.decode()

    assert "Not in the template:" in page
    assert "<li>Jobs added</li>" in page
    assert "VpcConfig of Notes cannot be written" in page
    assert bob_client.get(f"{url}sam/").content == TEMPLATE


def test_after_a_new_upload_changes_count_from_there(
    bob_client: Client, design: Design, alice: User, url: str
) -> None:
    edit(design, "Notes", memory_mb=512)
    newer = TEMPLATE.replace(b"notes.handler", b"notes.main")
    reimport(design=design, author=alice, files={"newer.yaml": newer})

    assert "No line is changed" in bob_client.get(url).content.decode()
    response = bob_client.get(f"{url}sam/")
    assert response.content == newer
    assert "newer.yaml" in response["Content-Disposition"]


def test_files_of_a_zip_come_back_in_it(bob_client: Client, team: Team) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("shop/template.yaml", TEMPLATE)
        archive.writestr("shop/notes.py", "def handler(event, context): ...")
    packed = buffer.getvalue()
    files = {"shop.zip": packed}
    design = create_design_from_files(team=team, author=None, name="Zip", files=files)
    address = f"/designs/{design.pk}/export/cloudformation/"

    assert bob_client.get(address).content == packed
    edit(design, "NotesTable", read_capacity=9)
    with zipfile.ZipFile(io.BytesIO(bob_client.get(address).content)) as archive:
        assert archive.namelist() == ["shop/template.yaml", "shop/notes.py"]
        assert archive.read("shop/template.yaml") == TEMPLATE.replace(
            b"Units: 5, W", b"Units: 9, W"
        )
        assert archive.read("shop/notes.py") == b"def handler(event, context): ..."


def test_several_uploaded_files_come_back_in_a_zip(bob_client: Client, team: Team) -> None:
    queue = b"Resources: {Q: {Type: AWS::SQS::Queue}}\n"
    files = {"a.yaml": TEMPLATE, "b.yaml": queue}
    design = create_design_from_files(team=team, author=None, name="Two", files=files)
    edit(design, "b/Q", visibility_timeout_s=90.0)

    response = bob_client.get(f"/designs/{design.pk}/export/cloudformation/")

    assert 'filename="a.zip"' in response["Content-Disposition"]
    with zipfile.ZipFile(io.BytesIO(response.content)) as archive:
        assert archive.read("a.yaml") == TEMPLATE
        assert b"VisibilityTimeout: 90" in archive.read("b.yaml")


def test_a_drawn_design_says_why_it_has_no_sam_template(bob_client: Client, team: Team) -> None:
    blank = create_blank_design(team=team, author=None, name="Blank")
    page = bob_client.get(f"/designs/{blank.pk}/export/").content.decode()
    response = bob_client.get(f"/designs/{blank.pk}/export/sam/", follow=True)

    assert "was not read from a SAM template" in page
    assert response.redirect_chain[0][0] == f"/designs/{blank.pk}/export/"
    assert "was not read from a SAM template" in response.content.decode()


def test_a_drawn_design_is_written_as_a_template(bob_client: Client, team: Team) -> None:
    drawn = create_blank_design(team=team, author=None, name="Drawn")
    settings = {"visibility_timeout_s": 90.0}
    jobs = Component(id="jobs", kind="sqs_queue", name="Jobs", settings=settings)
    save_version(
        design=drawn,
        based_on=drawn.latest().number,
        architecture=Architecture(components=(jobs,)),
        author=None,
        message="drawn",
    )

    response = bob_client.get(f"/designs/{drawn.pk}/export/cloudformation/")

    assert 'filename="template.yaml"' in response["Content-Disposition"]
    found = read({"template.yaml": response.content})
    assert found.component("jobs").settings["visibility_timeout_s"] == 90


def test_an_upload_that_can_no_longer_be_read_is_told(
    bob_client: Client, design: Design, url: str
) -> None:
    edit(design, "Notes", memory_mb=512)
    Upload.objects.update(content=TEMPLATE.replace(b"!Ref", b"!Reff"))

    assert b"can no longer be read" in bob_client.get(url).content
    assert bob_client.get(f"{url}sam/").status_code == 302


def test_outsider_gets_nothing(charlie_client: Client, url: str) -> None:
    assert charlie_client.get(url).status_code == 404
    assert charlie_client.get(f"{url}sam/").status_code == 404


def test_unknown_formats_and_other_methods(alice_client: Client, url: str) -> None:
    assert alice_client.get(f"{url}word/").status_code == 404
    assert alice_client.post(url).status_code == 405
    assert alice_client.post(f"{url}sam/").status_code == 405


def test_a_visitor_signs_in_first(client: Client, url: str) -> None:
    assert client.get(url).status_code == 302
