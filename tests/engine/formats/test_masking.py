"""Secrets that are written out in templates and settings are kept nowhere, and change nothing."""

from __future__ import annotations

import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.engine import formats
from apps.engine.formats.cloudformation.export import export_templates
from apps.engine.formats.keeping import changed_places, keepable
from tests.engine.formats.secret_places import FILES, TEMPLATE, filled

# At least one letter, so that it is no number; signs that need no escape anywhere.
SECRETS = st.from_regex(r"[A-Z][A-Za-z0-9+=_.^-]{6,40}", fullmatch=True).map("q7".__add__)


@given(SECRETS, st.sampled_from(sorted(FILES)))
def test_a_secret_is_in_no_byte_that_is_kept_and_in_no_graph(secret: str, name: str) -> None:
    given_files = filled(name, secret)
    kept = keepable(given_files)

    assert all(secret.encode() not in data for data in kept.values())
    again = formats.read(kept).to_dict()
    assert secret not in json.dumps(again)
    assert again == formats.read(given_files).to_dict()


@pytest.mark.parametrize("name", FILES)
def test_all_else_stays_where_it_was(name: str) -> None:
    one, other = filled(name, "Hunter-two-1"), filled(name, "Sesame-opens")
    kept = keepable(one)

    assert kept == keepable(other)
    assert keepable(kept) == kept
    for file, data in one.items():
        assert len(kept[file]) == len(data)
        pairs = zip(data.decode(), kept[file].decode(), strict=True)
        assert all(was == now or now in "*x" for was, now in pairs)


def test_what_refers_to_a_secret_and_what_is_none_stays() -> None:
    found = keepable(filled("cloudformation", "Hunter-two-1"))["template.yaml"].decode()

    for stays in (
        "!Sub '{{resolve:secretsmanager:${Kept}:SecretString:password}}'",
        "MasterUserPassword: !Ref Given",
        "Stage: {Type: String, Default: dev}",
        "TdeCredentialPassword: !Sub '${Stage}************'",
        '\'{"username":"****","password":"************"}\'',
        "{Name: SIZE, Value: '5'}",
        "run(token=a)",
        "postgres://shop:************@db:5432/shop",
    ):
        assert stays in found


def test_the_lines_of_secrets_are_told() -> None:
    files = filled("cloudformation", "Hunter-two-1")
    lines = [i for i, line in enumerate(TEMPLATE.split("\n"), 1) if "@" in line or "~" in line]

    assert changed_places(files, keepable(files)) == (
        f"template.yaml:{', '.join(map(str, lines))}",
    )


def test_an_export_of_what_is_kept_changes_its_lines_and_no_others() -> None:
    kept = keepable(filled("cloudformation", "Hunter-two-1"))
    assert export_templates(kept, {}).files == kept

    written = export_templates(kept, {"Work": {"runtime": "python3.12"}}).files["template.yaml"]

    assert written == kept["template.yaml"].replace(b"python3.13", b"python3.12")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Password: 12345678", "Password: 99999999"),
        ("Password: |\n  one\n   two three", "Password: |\n  ***\n   *** *****"),
        ("Password: &a one\nOther: {Token: *a}", "Password: &a x**\nOther: {Token: *a}"),
        ("Other: &a one\nToken: *a", "Other: &a x**\nToken: *a"),
        ("Password: arn:aws:ssm:x", "Password: arn:aws:ssm:x"),
        ("Password: $.input.word", "Password: $.input.word"),
        ("AccessToken: hours", "AccessToken: hours"),
        ("NoEcho: true\nDefault: ''", "NoEcho: true\nDefault: ''"),
        ("Name: a\nDB_SECRET: a", "Name: a\nDB_SECRET: a"),
        ("UserName: ab\nPassword: ab", "UserName: ab\nPassword: x*"),
        ("\ufeffPassword: one\r\nA: b\r\n", "\ufeffPassword: x**\r\nA: b\r\n"),
        ('{"Password": "a\\"b", "N": 1}', '{"Password": "****", "N": 1}'),
        ("A: 'Server=x;Password=one;Port=5'", "A: 'Server=x;Password=x**;Port=5'"),
    ],
)
def test_forms_of_values(text: str, expected: str) -> None:
    assert keepable({"t.yaml": text.encode()})["t.yaml"].decode() == expected


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        (".env", "A=b\nexport API_TOKEN=one\n", "A=b\nexport API_TOKEN=x**\n"),
        (".env.local", 'PWD="two"\n', 'PWD="***"\n'),
        ("samconfig.toml", 'p = "DbPassword=\\"one\\" A=b"', 'p = "DbPassword=\\"***\\" A=b"'),
        ("t.yaml", "A: {\nPassword: one\n", "A: {\nPassword: x**\n"),
        ("t.yaml", "A: b\n---\nPassword: one\n", "A: b\n---\nPassword: x**\n"),
        ("s.graphql", "input A { password: String! }", "input A { password: String! }"),
    ],
)
def test_what_is_no_document_is_looked_through_line_by_line(
    name: str, text: str, expected: str
) -> None:
    assert keepable({name: text.encode()})[name].decode() == expected


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-be"])
def test_what_lies_beside_in_another_encoding_is_kept_without_its_secrets(encoding: str) -> None:
    text, expected = ("\ufeffPassword: one\n", "\ufeffPassword: x**\n")
    data, kept = (each.encode("utf-16-le") for each in (text, expected))
    if encoding.endswith("be"):
        data, kept = text.encode(encoding), expected.encode(encoding)

    assert keepable({"t.yaml": data})["t.yaml"] == kept


@pytest.mark.parametrize(
    ("name", "piece"),
    [
        ("t.yaml", "Password: ${"),
        ("t.yaml", "{{resolve:"),
        (".env", 'a="password=['),
        (".env", 'a=\\"b'),
        ("t.txt", "://a:"),
        ("t.txt", 'password: """'),
    ],
)
def test_a_hostile_text_is_looked_through_in_time(name: str, piece: str) -> None:
    text = ("Password: " + piece * (1_000_000 // len(piece))).encode()

    start = time.process_time()
    keepable({name: text})

    assert time.process_time() - start < 2.0
