"""What a person types or uploads stays text: in SQL, templates, paths, archives, YAML and XML."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from apps.accounts.models import Team, User
from apps.designs.models import Design, Upload
from tests.factories import PASSWORD
from tests.forecasts.conftest import TEMPLATE, make_design

SQL = "' OR 1=1; DROP TABLE designs_design; --"
MARKUP = "<script>alert(1)</script><svg/onload=alert(2)>{{ 7|add:35 }}{% debug %}"


def upload(client: Client, team: Team, name: str, content: bytes) -> Any:
    file = SimpleUploadedFile(name, content)
    return client.post("/designs/new/", {"team": str(team.pk), "template": file})


@pytest.mark.parametrize(
    "url",
    ["/facts/", "/facts/books/", "/designs/{id}/", "/designs/{id}/history/", "/accounts/teams/"],
)
@pytest.mark.parametrize("key", ["q", "page", "component", "region", "with", "kind", "next"])
def test_sql_in_a_query_is_text(
    olga_client: Client, olga: User, team: Team, url: str, key: str
) -> None:
    design = make_design(team, olga)

    response = olga_client.get(url.format(id=design.pk), {key: SQL})

    assert response.status_code < 500
    assert Design.objects.filter(pk=design.pk).exists()


@pytest.mark.parametrize("path", ["", "forecast/", "history/", "traffic/", "export/", "delete/"])
def test_markup_in_names_is_text(olga_client: Client, olga: User, team: Team, path: str) -> None:
    design = make_design(team, olga, MARKUP[:100])
    team.rename(MARKUP[:100])

    page = olga_client.get(f"/designs/{design.pk}/{path}").content.decode()

    assert "<script>alert" not in page
    assert "<svg/onload" not in page
    assert "&lt;script&gt;" in page
    assert "42}" not in page


def test_markup_in_a_template_is_text(olga_client: Client, olga: User, team: Team) -> None:
    content = TEMPLATE.replace(b"notes.handler", b'"<script>alert(1)</script>"')

    response = upload(olga_client, team, "<script>alert(1)</script>.yaml", content)

    design = Design.objects.get()
    assert response.status_code == 302
    for path in ("", "history/", "export/", "?component=Notes"):
        page = olga_client.get(f"/designs/{design.pk}/{path}").content.decode()
        assert "<script>alert" not in page


@pytest.mark.parametrize("name", ["../../../../tmp/headroom-injected.yaml", "/etc/passwd"])
def test_path_of_an_upload_leads_nowhere(olga_client: Client, team: Team, name: str) -> None:
    upload(olga_client, team, name, TEMPLATE)

    assert not Path("/tmp/headroom-injected.yaml").exists()
    assert [row for row in Upload.objects.all() if "/" in row.name] == []


@pytest.mark.parametrize("name", ["..", "....//", "..%2f..%2fetc%2fpasswd", "sam%00"])
def test_path_of_an_export_leads_nowhere(
    olga_client: Client, olga: User, team: Team, name: str
) -> None:
    design = make_design(team, olga)

    assert olga_client.get(f"/designs/{design.pk}/export/{name}/").status_code == 404


def test_archive_is_not_unpacked(olga_client: Client, team: Team) -> None:
    """No page takes an archive: one is refused as no template, however it is called."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("../../tmp/headroom-injected.yaml", TEMPLATE)
        archive.writestr("bomb.yaml", bytes(20_000_000))

    for name in ("template.zip", "template.yaml"):
        assert upload(olga_client, team, name, file.getvalue()).status_code == 422
    assert not Design.objects.exists()


@pytest.mark.parametrize(
    "content",
    [
        b"!!python/object/apply:os.system ['touch /tmp/headroom-injected.yaml']",
        b"Resources: !!python/object/new:os.system ['touch /tmp/headroom-injected.yaml']",
        b"a: &a [x, x]\n"
        + b"".join(b"%c: &%c [*%c, *%c]\n" % (n + 1, n + 1, n, n) for n in range(97, 120)),
    ],
    ids=["call", "new", "bomb"],
)
def test_yaml_makes_no_objects_and_no_bomb(olga_client: Client, team: Team, content: bytes) -> None:
    assert upload(olga_client, team, "template.yaml", content).status_code == 422
    assert not Path("/tmp/headroom-injected.yaml").exists()


def test_xml_is_not_read(olga_client: Client, team: Team) -> None:
    content = (
        b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/passwd">]><a>&e;</a>'
    )

    response = upload(olga_client, team, "template.xml", content)

    assert response.status_code == 422
    assert b"root:" not in response.content


@pytest.mark.parametrize("target", ["https://evil.example.com/", "//evil.example.com/"])
def test_sign_in_leads_to_no_other_site(client: Client, alice: User, target: str) -> None:
    form = {"login": alice.email, "password": PASSWORD, "next": target}
    response: Any = client.post("/accounts/login/", form)

    assert "evil" not in response.headers.get("Location", "")
