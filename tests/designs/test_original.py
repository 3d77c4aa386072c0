from __future__ import annotations

import io
import zipfile

import pytest
from django.test import Client

from apps.accounts.models import Team
from apps.designs.actions import create_blank_design, create_design_from_files
from apps.designs.models import Design
from apps.engine.formats.archive import unpack
from tests.designs.conftest import TEMPLATE

pytestmark = pytest.mark.django_db


@pytest.fixture
def url(design: Design) -> str:
    return f"/designs/{design.pk}/original/"


def test_it_comes_back_byte_for_byte_as_a_download(bob_client: Client, url: str) -> None:
    response = bob_client.get(url)

    assert response.content == TEMPLATE
    assert response["Content-Type"] == "application/octet-stream"
    assert response["Content-Disposition"] == 'attachment; filename="template.yaml"'
    assert response["X-Content-Type-Options"] == "nosniff"


def test_name_of_any_letters_makes_a_safe_header(bob_client: Client, team: Team) -> None:
    files = {'größe";\r\nX.yaml': TEMPLATE}
    design = create_design_from_files(team=team, author=None, name="Größe", files=files)

    response = bob_client.get(f"/designs/{design.pk}/original/")

    assert response["Content-Disposition"] == (
        "attachment; filename*=utf-8''gr%C3%B6%C3%9Fe%22%3B%0D%0AX.yaml"
    )


def test_drawn_design_has_none(bob_client: Client, team: Team) -> None:
    blank = create_blank_design(team=team, author=None, name="Blank")

    assert bob_client.get(f"/designs/{blank.pk}/original/").status_code == 404


def test_outsider_gets_nothing(charlie_client: Client, url: str) -> None:
    assert charlie_client.get(url).status_code == 404


def test_post_is_not_allowed(alice_client: Client, url: str) -> None:
    assert alice_client.post(url).status_code == 405


def test_secrets_of_a_state_are_not_kept(team: Team) -> None:
    state = (
        b'{"version": 4, "serial": 1, "lineage": "x", "resources": [{"mode": "managed", '
        b'"type": "aws_db_instance", "name": "d", "instances": [{"attributes": {"engine": '
        b'"postgres", "instance_class": "db.t4g.small", "allocated_storage": 20, '
        b'"password": "hunter2"}}]}]}'
    )
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("terraform.tfstate", state)
    for name, data in {"terraform.tfstate": state, "state.zip": packed.getvalue()}.items():
        design = create_design_from_files(team=team, author=None, name=name, files={name: data})
        upload = design.latest().source
        assert upload is not None
        inside = unpack({name: bytes(upload.content)})
        assert b"hunter2" not in next(iter(inside.values()))
        assert "hunter2" not in str(design.latest().graph)
        assert design.latest().architecture().component("aws_db_instance.d").kind == "rds_instance"
