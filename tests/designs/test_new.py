from __future__ import annotations

import io
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from apps.accounts.models import Membership, Team, User
from apps.designs.models import Design, Upload, Version
from tests.designs.conftest import TEMPLATE

URL = "/designs/new/"
pytestmark = pytest.mark.django_db


def zipped(**files: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


@pytest.mark.main_job
def test_it_reads_a_template_into_a_design(alice_client: Client, team: Team) -> None:
    response = alice_client.post(
        URL,
        {"template": SimpleUploadedFile("shop.yaml", TEMPLATE), "name": "", "team": team.pk},
    )

    design = Design.objects.get()
    assert response.status_code == 302
    assert response["Location"] == f"/designs/{design.pk}/traffic/"
    assert design.name == "shop"
    assert {c.id for c in design.latest().architecture()} == {"Api", "Orders", "Table"}
    assert bytes(Upload.objects.get().content) == TEMPLATE


def test_page_says_what_is_read(
    alice_client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_max_num_queries(12):
        page = alice_client.get(URL).content.decode()

    assert "AWS SAM and CloudFormation" in page
    assert "Up to 5 MB." in page


def test_who_edits_in_one_team_is_not_asked_for_it(alice_client: Client) -> None:
    page = alice_client.get(URL).content.decode()

    assert '<input type="hidden" name="team"' in page
    assert "<select" not in page


def test_who_edits_in_several_teams_chooses(alice: User, alice_client: Client, team: Team) -> None:
    for name, role in (("Bank", Membership.Role.OWNER), ("Club", Membership.Role.VIEWER)):
        Membership.objects.create(team=Team.objects.create(name=name), user=alice, role=role)

    page = alice_client.get(URL).content.decode()
    file = SimpleUploadedFile("shop.yaml", TEMPLATE)
    bank = Team.objects.get(name="Bank")
    alice_client.post(URL, {"template": file, "name": "Loans", "team": bank.pk})

    assert page.index("Bank</option>") < page.index("Shop</option>")
    assert "Club" not in page
    assert Design.objects.get().team == bank


def test_who_edits_nowhere_is_led_to_the_teams(bob_client: Client) -> None:
    page = bob_client.get(URL).content.decode()

    assert "You edit in no team yet" in page
    assert 'href="/accounts/teams/"' in page
    assert '<input type="file"' not in page


def test_zip_with_what_the_template_names(alice_client: Client, team: Team) -> None:
    file = SimpleUploadedFile("all.zip", zipped(**{"template.yaml": TEMPLATE}))

    response = alice_client.post(URL, {"template": file, "name": "Zipped", "team": team.pk})

    assert response.status_code == 302
    assert Design.objects.get().name == "Zipped"


def test_files_beside_the_template_are_kept_with_it(alice_client: Client, team: Team) -> None:
    files = [SimpleUploadedFile("shop.yaml", TEMPLATE), SimpleUploadedFile("flow.json", b"{}")]

    alice_client.post(URL, {"template": files, "name": "", "team": team.pk})

    kept = Upload.objects.get()
    assert kept.name == "shop.zip"
    with zipfile.ZipFile(io.BytesIO(kept.content)) as archive:
        assert {name: archive.read(name) for name in archive.namelist()} == {
            "shop.yaml": TEMPLATE,
            "flow.json": b"{}",
        }


@pytest.mark.parametrize(
    ("names", "size", "sentence"),
    [
        (("a.yaml", "a.yaml"), 10, "Two files have the same name"),
        (("a.yaml", "b.yaml"), 2_500_001, "The files have 5,000,002 bytes"),
        ([f"{n}.yaml" for n in range(501)], 1, "501 files; up to 500 are read"),
        (("all.zip",), 5_000_001, "all.zip has 5,000,001 bytes"),
    ],
)
def test_too_much_at_once_is_refused(
    alice_client: Client,
    team: Team,
    names: tuple[str, ...],
    size: int,
    sentence: str,
) -> None:
    files = [SimpleUploadedFile(name, b"#" * size) for name in names]

    response = alice_client.post(URL, {"template": files, "name": "", "team": team.pk})

    assert response.status_code == 422
    assert sentence in response.content.decode()
    assert not Upload.objects.exists()


def test_duplicate_keys_are_read_with_a_warning(alice_client: Client, team: Team) -> None:
    twice = b"Resources:\n  Q: {Type: 'AWS::SQS::Queue'}\n  Q: {Type: 'AWS::SQS::Queue'}\n"
    file = SimpleUploadedFile("t.yaml", twice)

    alice_client.post(URL, {"template": file, "name": "", "team": team.pk})

    assert "Q" in Design.objects.get().latest().architecture().warnings[0]


BOMB = b"a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n" + b"".join(
    b"a%d: &a%d [%s]\n" % (n, n, b",".join([b"*a%d" % (n - 1)] * 10)) for n in range(1, 12)
)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"a: [1, 2\nb: }", "This is not YAML"),
        (BOMB + b"Resources: {}\n", "once its aliases are expanded"),
        (b"Resources: &r\n  A: *r\n", "stands for itself"),
        (b"x" * 5_000_001, "up to 5,000,000 are read"),
        (bytes(range(256)) * 8, "The file is binary"),
        (b"- 1\n", "no &#x27;Resources&#x27; section"),
        (b"Resources:\n  Q: {Type: 'AWS::SQS::Queue', Properties: {DelaySeconds: 1, "
         b"VisibilityTimeout: !Frobnicate 5}}\n", "has no function !Frobnicate"),
        (b"Resources:\n  Q: {Type: 'AWS::SQS::Queue', Properties: {VisibilityTimeout: !Ref X}}\n",
         "names &#x27;X&#x27;, which is not there"),
        (b"Resources:\n  F: {Type: 'AWS::Lambda::Function', Properties: {MemorySize: 1}}\n",
         "template.yaml:2: F: Lambda function: Memory must be between 128 and 10,240 MB"),
        (b'Resources:\n  "A\\0": {Type: AWS::SQS::Queue}\n', "cannot name a resource"),
        (b"Resources:\n  '../A': {Type: AWS::SQS::Queue}\n", "cannot name a resource"),
        (b"Resources:\n  '': {Type: AWS::SQS::Queue}\n", "&#x27;&#x27;"),
        (b'Resources:\n  A: {Type: "AWS::\\0::B"}\n', "a character that is no text"),
        (b'{"Resources": {"A": {"Type": "AWS::\\ud800::B"}}}', "a character that is no text"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_refused_and_nothing_is_saved(
    alice_client: Client, team: Team, content: bytes, sentence: str
) -> None:
    file = SimpleUploadedFile("template.yaml", content)

    response = alice_client.post(URL, {"template": file, "name": "", "team": team.pk})

    assert response.status_code == 422
    assert sentence in response.content.decode()
    assert not Design.objects.exists()
    assert not Upload.objects.exists()
    assert not Version.objects.exists()


@pytest.mark.parametrize(
    ("files", "sentence"),
    [
        ({"../../etc/x.yaml": b"Resources: {}"}, "leads out of its folder"),
        ({f"f{n}.yaml": b"a: 1" for n in range(10_000)}, "The zip holds 10,000 files"),
        ({"t.yaml": b"a" * 60_000_000}, "The zip unpacks to"),
    ],
)
def test_hostile_zip_is_refused(
    alice_client: Client, team: Team, files: dict[str, bytes], sentence: str
) -> None:
    file = SimpleUploadedFile("all.zip", zipped(**files))

    response = alice_client.post(URL, {"template": file, "name": "", "team": team.pk})

    assert response.status_code == 422
    assert sentence in response.content.decode()
    assert not Design.objects.exists()


def test_no_file_shows_an_error(alice_client: Client, team: Team) -> None:
    assert alice_client.post(URL, {"team": team.pk}).status_code == 422


@pytest.mark.parametrize("person", ["bob", "charlie"])
def test_only_editors_of_a_team_upload_to_it(
    request: pytest.FixtureRequest, client: Client, team: Team, person: str
) -> None:
    client.force_login(request.getfixturevalue(person))
    file = SimpleUploadedFile("template.yaml", TEMPLATE)

    response = client.post(URL, {"template": file, "name": "", "team": team.pk})

    assert response.status_code == 422
    assert not Design.objects.exists()


def test_sign_in_is_required(client: Client, db: None) -> None:
    assert client.get(URL).status_code == 302
