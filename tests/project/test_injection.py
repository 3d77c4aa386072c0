"""What a person types or sends stays text: in SQL, pages, paths, zips, YAML, XML and headers."""

from __future__ import annotations

import io
import re
import stat
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from apps.accounts.actions import invite
from apps.accounts.models import Team, User
from apps.designs.models import Design, Upload
from tests.factories import PASSWORD, make_token
from tests.forecasts.conftest import TEMPLATE, make_design

Send = Callable[[Client, Team, str, bytes], Any]
ROOT = Path(__file__).resolve().parents[2]
SQL = "' OR 1=1; DROP TABLE designs_design; --"
MARKUP = "<script>alert(1)</script><svg/onload=alert(2)>{{ 7|add:35 }}{% debug %}"


def upload(client: Client, team: Team, name: str, content: bytes) -> Any:
    file = SimpleUploadedFile(name, content)
    return client.post("/designs/new/", {"team": str(team.pk), "template": file})


def through_the_api(client: Client, team: Team, name: str, content: bytes) -> Any:
    token = make_token(User.objects.get(email="olga@example.com"), team)
    body = {"template": SimpleUploadedFile(name, content), "users": 1000}
    return client.post("/api/forecast/", body, headers={"Authorization": f"Bearer {token}"})


def zipped(files: dict[Any, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return file.getvalue()


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


@pytest.mark.parametrize("model", ["user", "team", "membership", "invitation", "apitoken"])
def test_sql_in_a_search_finds_nothing(
    admin_client: Client, olga: User, team: Team, model: str
) -> None:
    make_token(olga, team)
    invite(team=team, email="olga@b.org", role="viewer", invited_by=olga, now=timezone.now())

    page = admin_client.get(f"/admin/accounts/{model}/", {"q": SQL}).content.decode()

    assert "0 results" in page
    assert "olga@" not in page


def test_sql_in_a_form_is_kept_as_text(olga_client: Client, olga: User, team: Team) -> None:
    design = make_design(team, olga)

    olga_client.post(f"/designs/{design.pk}/rename/", {"name": SQL})

    assert list(Design.objects.values_list("name", flat=True)) == [SQL]


def test_no_sql_is_written_by_hand() -> None:
    """What is put together by the ORM has parameters; ruff's S608 looks at the rest."""
    by_hand = re.compile(r"RawSQL|\.objects\.raw\(|\.extra\((select|where|tables)")
    modules = [path for name in ("apps", "project") for path in (ROOT / name).rglob("*.py")]

    assert [path for path in modules if by_hand.search(path.read_text())] == []


@pytest.mark.parametrize("path", ["", "forecast/", "history/", "traffic/", "export/", "delete/"])
def test_markup_in_names_is_text(olga_client: Client, olga: User, team: Team, path: str) -> None:
    design = make_design(team, olga, MARKUP[:100])
    team.rename(MARKUP[:100])

    page = olga_client.get(f"/designs/{design.pk}/{path}").content.decode()

    assert "<script>alert" not in page
    assert "<svg/onload" not in page
    assert "&lt;script&gt;" in page
    assert "42}" not in page


def test_markup_in_the_name_of_a_token_is_text(olga_client: Client, team: Team) -> None:
    form = {"name": MARKUP[:100], "membership": team.pk, "scopes": "read", "days": 7}

    made = olga_client.post("/accounts/tokens/create/", form).content.decode()

    for page in (made, olga_client.get("/accounts/tokens/").content.decode()):
        assert "<script>alert" not in page
        assert "&lt;script&gt;" in page


def test_markup_in_an_answer_of_the_api_is_no_page(
    olga_client: Client, olga: User, team: Team
) -> None:
    response = through_the_api(olga_client, team, "<script>alert(1)</script>.yaml", b"[")

    assert response.status_code == 422
    assert response["Content-Type"] == "application/json"
    assert response["X-Content-Type-Options"] == "nosniff"


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


@pytest.mark.parametrize(
    ("path", "sentence"),
    [
        ("../../tmp/headroom-injected.yaml", "leads out of its folder"),
        ("/tmp/headroom-injected.yaml", "leads out of its folder"),
        ("C:\\headroom-injected.yaml", "leads out of its folder"),
        ("bomb.yaml", "The zip unpacks to 20,000,639 bytes"),
    ],
)
@pytest.mark.parametrize("send", [upload, through_the_api], ids=["page", "api"])
def test_zip_neither_leads_out_nor_swells(
    send: Send, olga_client: Client, team: Team, path: str, sentence: str
) -> None:
    content = bytes(20_000_000) if path == "bomb.yaml" else TEMPLATE
    hostile = zipped({"template.yaml": TEMPLATE, path: content})

    for name in ("template.zip", "template.yaml"):
        response = send(olga_client, team, name, hostile)
        assert response.status_code == 422
        assert sentence in response.content.decode()
    assert not Path("/tmp/headroom-injected.yaml").exists()
    assert not Design.objects.exists()


def test_link_in_a_zip_is_not_followed(olga_client: Client, team: Team) -> None:
    link = zipfile.ZipInfo("template.yaml")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16

    response = upload(olga_client, team, "template.zip", zipped({link: b"/etc/passwd"}))

    assert response.status_code == 422
    assert b"root:" not in response.content


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
@pytest.mark.parametrize("send", [upload, through_the_api], ids=["page", "api"])
def test_yaml_makes_no_objects_and_no_bomb(
    send: Send, olga_client: Client, team: Team, content: bytes
) -> None:
    assert send(olga_client, team, "template.yaml", content).status_code == 422
    assert not Path("/tmp/headroom-injected.yaml").exists()


@pytest.mark.parametrize("send", [upload, through_the_api], ids=["page", "api"])
def test_xml_is_not_read(send: Send, olga_client: Client, team: Team) -> None:
    content = (
        b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/passwd">]><a>&e;</a>'
    )

    response = send(olga_client, team, "template.xml", content)

    assert response.status_code == 422
    assert b"root:" not in response.content


def test_names_are_text_in_the_xml_that_is_sent(
    olga_client: Client, olga: User, team: Team
) -> None:
    name = """]]>&amp;"'<script>alert(1)</script><!ENTITY e "x">"""
    design = make_design(team, olga)
    version = design.latest()
    version.graph["components"][0]["name"] = name
    version.save()

    response = olga_client.get(f"/designs/{design.pk}/export/svg/")

    picture = ElementTree.fromstring(response.content)
    assert [part.tag for part in picture.iter() if part.tag.endswith("script")] == []
    whole = " ".join([*picture.itertext(), *(str(part.attrib) for part in picture.iter())])
    assert "alert(1)" in whole
    assert "attachment" in response["Content-Disposition"]


@pytest.mark.parametrize(
    "path",
    ["designs/{d}/traffic/scenario.json", "designs/{d}/original/", "designs/{d}/export/svg/",
     "designs/{d}/export/csv/", "accounts/teams/{t}/export/"],
)  # fmt: skip
def test_line_break_in_a_name_makes_no_header(
    olga_client: Client, olga: User, team: Team, path: str
) -> None:
    name = 'a\r\nSet-Cookie: x=1\r\n\r\n<script>"; filename="b.exe'
    design = make_design(team, olga, name)
    Upload.objects.update(name=name)
    team.rename(name)

    response = olga_client.get("/" + path.format(d=design.pk, t=team.pk))

    assert response.status_code == 200
    assert response["Content-Disposition"].startswith("attachment")
    assert [text for text in response.headers.values() if re.search(r"[\r\n]", text)] == []
    assert "x" not in response.cookies
    assert "Set-Cookie" not in response.headers


@pytest.mark.parametrize("header", ["Host", "X-Forwarded-Host"])
def test_letter_leads_to_no_host_that_the_request_names(
    client: Client, olga: User, header: str
) -> None:
    EmailAddress.objects.create(user=olga, email=olga.email, primary=True, verified=True)
    form = {"email": olga.email}

    response = client.post("/accounts/password/reset/", form, headers={header: "evil.example.com"})

    assert response.status_code == (400 if header == "Host" else 302)
    assert [letter for letter in mail.outbox if "evil" in str(letter.body)] == []


@pytest.mark.parametrize("target", ["https://evil.example.com/", "//evil.example.com/"])
def test_sign_in_leads_to_no_other_site(client: Client, alice: User, target: str) -> None:
    form = {"login": alice.email, "password": PASSWORD, "next": target}
    response: Any = client.post("/accounts/login/", form)

    assert "evil" not in response.headers.get("Location", "")
