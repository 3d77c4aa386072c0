from __future__ import annotations

import pytest

from apps.accounts.models import Team, User
from apps.designs.actions import (
    EditConflict,
    create_blank_design,
    create_design_from_files,
    delete_design,
    save_version,
)
from apps.designs.models import Design, Upload
from tests.designs.changes import change_memory
from tests.designs.conftest import TEMPLATE

pytestmark = pytest.mark.django_db


def test_stale_change_is_refused_and_names_the_newest(
    design: Design, alice: User, olga: User
) -> None:
    architecture = design.latest().architecture()
    change_memory(design, 1024, olga)

    with pytest.raises(EditConflict, match=r"olga@example\.com saved version 2") as conflict:
        save_version(
            design=design, based_on=1, architecture=architecture, author=alice, message="Mine"
        )

    assert conflict.value.latest.number == 2
    assert design.versions.count() == 2
    design.refresh_from_db()
    assert design.latest().number == 2


def test_version_remembers_where_it_came_from(design: Design) -> None:
    first = design.latest()

    change_memory(design, 1024)

    latest = design.latest()
    assert latest.parent == first
    assert latest.source == first.source


def test_long_message_is_cut(design: Design) -> None:
    version = save_version(
        design=design,
        based_on=1,
        architecture=design.latest().architecture(),
        author=None,
        message="x" * 300,
    )

    assert version.message == "x" * 200


def test_same_files_have_the_same_sha256(team: Team) -> None:
    files = {"shop.yaml": TEMPLATE, "flow.json": b"{}"}
    for name in ("A", "B"):
        create_design_from_files(team=team, author=None, name=name, files=files)

    assert Upload.objects.values("sha256").distinct().count() == 1


def test_delete_leaves_the_uploads_of_others(team: Team, design: Design) -> None:
    other = create_design_from_files(
        team=team, author=None, name="Other", files={"other.yaml": TEMPLATE}
    )

    delete_design(design=design)

    assert [upload.name for upload in Upload.objects.all()] == ["other.yaml"]
    assert Design.objects.get() == other


def test_blank_design_has_an_empty_first_version(team: Team, alice: User) -> None:
    blank = create_blank_design(team=team, author=alice, name="Sketch")

    assert blank.latest().number == 1
    assert blank.latest().source is None
    assert list(blank.latest().architecture()) == []
