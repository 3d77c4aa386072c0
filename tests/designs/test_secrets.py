"""A secret that is written out in an upload is in no row, on no page and in no log."""

from __future__ import annotations

import io
import logging
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from apps.accounts.models import Team
from apps.designs.models import Design, Upload
from apps.engine.formats.archive import unpack
from tests.designs.test_new import zipped
from tests.engine.formats.secret_places import FILES, filled

SECRET = "Hunter-two-1"
PAGES = (
    *("", "original/", "export/", "export/cloudformation/", "export/report/"),
    *("traffic/", "history/", "history/1/", "upload/", "forecast/"),
)
pytestmark = pytest.mark.django_db


def uploaded(files: dict[str, bytes]) -> list[SimpleUploadedFile]:
    return [SimpleUploadedFile(name, data) for name, data in files.items()]


@pytest.mark.parametrize("name", ["cloudformation", "serverless", "zappa toml"])
def test_it_is_kept_and_shown_nowhere(
    name: str, alice_client: Client, team: Team, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    files = filled(name, SECRET)
    form = {"template": uploaded(files), "name": "", "team": team.pk}

    response = alice_client.post("/designs/new/", form, follow=True)

    page, design = response.content.decode(), Design.objects.get()
    first = next(iter(files))
    assert f"Secrets are kept as stars: {first}:" in page
    assert page.count(SECRET) == 0
    upload = Upload.objects.get()
    stored = unpack({upload.name: bytes(upload.content)})
    assert all(SECRET.encode() not in data for data in stored.values())
    for path in PAGES:
        answer = alice_client.get(f"/designs/{design.pk}/{path}", follow=True)
        assert SECRET.encode() not in answer.content
        if path == "export/":
            assert f"Secrets of the upload are stars: {first}:" in answer.content.decode()
    assert SECRET not in str(design.latest().graph)
    assert SECRET not in caplog.text


def test_an_unreadable_upload_says_nothing_of_it(alice_client: Client, team: Team) -> None:
    broken = f"Resources:\n  A: {{\n  Password: {SECRET}: {SECRET}\n".encode()
    form = {"template": uploaded({"t.yaml": broken}), "name": "", "team": team.pk}

    response = alice_client.post("/designs/new/", form)

    assert response.status_code == 422
    assert SECRET not in response.content.decode()


def test_a_newer_upload_is_told_of_as_well(alice_client: Client, design: Design) -> None:
    files = filled("cloudformation", SECRET)

    page = alice_client.post(
        f"/designs/{design.pk}/upload/", {"template": uploaded(files)}, follow=True
    ).content.decode()

    assert "Secrets are kept as stars: template.yaml:" in page


def test_what_nothing_reads_stays_in_a_zip(alice_client: Client, team: Team) -> None:
    members = filled("cloudformation", SECRET) | {"code.py": b"print()"}
    form = {"template": uploaded({"all.zip": zipped(**members)}), "name": "", "team": team.pk}

    alice_client.post("/designs/new/", form)

    with zipfile.ZipFile(io.BytesIO(bytes(Upload.objects.get().content))) as kept:
        assert kept.namelist() == ["template.yaml", "code.py"]
        assert SECRET.encode() not in kept.read("template.yaml")
        assert kept.read("code.py") == b"print()"


def test_nothing_is_said_where_nothing_is_secret(alice_client: Client, team: Team) -> None:
    plain = b"Resources: {Q: {Type: 'AWS::SQS::Queue'}}"
    form = {"template": uploaded({"t.yaml": plain}), "name": "", "team": team.pk}

    page = alice_client.post("/designs/new/", form, follow=True).content.decode()

    assert "Secrets are kept" not in page
    assert bytes(Upload.objects.get().content) == plain


def test_all_files_have_a_secret() -> None:
    assert all(SECRET.encode() in data for name in FILES for data in filled(name, SECRET).values())
