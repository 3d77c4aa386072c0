from __future__ import annotations

import io
import zipfile

import pytest

from apps.engine import formats
from apps.engine.formats import archive
from tests.engine.formats.templates import pairs

TEMPLATE = b"""
Resources:
  M:
    Type: AWS::Serverless::StateMachine
    Properties: {DefinitionUri: machine/run.asl.json, DefinitionSubstitutions: {F: !GetAtt F.Arn}}
  F: {Type: 'AWS::Lambda::Function'}
"""
DEFINITION = b'{"States": {"A": {"Type": "Task", "Resource": "${F}"}}}'


def zipped(files: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as made:
        for name, data in files.items():
            made.writestr(name, data)
    return buffer.getvalue()


def refusal(data: bytes) -> str:
    with pytest.raises(formats.UnreadableInput) as caught:
        archive.unpack({"design.zip": data})
    return str(caught.value)


def test_it_opens_a_zip_of_a_template_and_what_it_names() -> None:
    files = {"app/template.yaml": TEMPLATE, "app/machine/run.asl.json": DEFINITION}
    unpacked = archive.unpack({"design.zip": zipped(files)})

    assert unpacked == files
    assert pairs(formats.read(unpacked)) == {("M", "F")}


def test_it_leaves_code_and_pictures_closed() -> None:
    files = {"template.yaml": TEMPLATE, "src/app.py": b"print()", "logo.png": b"\x89PNG"}

    assert list(archive.unpack({"design.zip": zipped(files)})) == ["template.yaml"]


def test_it_leaves_other_files_as_they_are() -> None:
    assert archive.unpack({"template.yaml": TEMPLATE}) == {"template.yaml": TEMPLATE}


@pytest.mark.parametrize(
    "path", ["../template.yaml", "a/../../t.yaml", "/etc/t.yaml", "C:\\t.yaml", "..\\t.yaml"]
)
def test_it_refuses_paths_out_of_the_zip(path: str) -> None:
    sentence = refusal(zipped({path: TEMPLATE}))

    assert sentence.startswith("design.zip: The zip holds '")
    assert "leads out of its folder" in sentence


def test_it_refuses_too_many_files() -> None:
    many = {f"f{number}.yaml": b"a" for number in range(501)}

    assert "holds 501 files; up to 500 are read" in refusal(zipped(many))


def test_it_refuses_a_zip_that_grows_beyond_measure() -> None:
    assert "200 times its size" in refusal(zipped({"t.yaml": b"a" * 4_000_000}))


def test_it_refuses_more_than_twenty_megabytes() -> None:
    big = {f"t{number}.yaml": b"x" * 4_900_000 for number in range(5)}

    assert "unpacks to 24,500,000 bytes" in refusal(zipped(big, zipfile.ZIP_STORED))


def test_it_refuses_a_file_over_five_megabytes() -> None:
    data = zipped({"t.yaml": b"x" * 5_000_001}, zipfile.ZIP_STORED)

    assert "'t.yaml' in the zip has more than 5,000,000 bytes" in refusal(data)


def test_it_refuses_a_zip_that_lies_about_its_sizes() -> None:
    data = bytearray(zipped({"t.yaml": b"a" * 100_000}))
    directory = data.rfind(b"PK\x01\x02")
    data[directory + 24 : directory + 28] = (10).to_bytes(4, "little")

    assert (
        "damaged" in refusal(bytes(data)) or len(archive.unpack({"z": bytes(data)})["t.yaml"]) < 11
    )


def test_it_refuses_a_damaged_zip() -> None:
    assert "The zip is damaged" in refusal(zipped({"t.yaml": TEMPLATE})[:60])
    assert "The zip is damaged" in refusal(b"PK\x03\x04 and nothing else")


def test_it_refuses_a_zip_without_a_template() -> None:
    assert "holds no template" in refusal(zipped({"readme.md": b"hello"}))
    assert "holds no template" in refusal(zipped({}))


def test_a_template_further_down_does_not_stand_beside_the_one_on_top() -> None:
    other = b"Resources:\n  Other: {Type: 'AWS::SNS::Topic'}\n"
    files = {
        "template.yaml": TEMPLATE,
        "machine/run.asl.json": DEFINITION,
        "examples/old/template.yaml": other,
    }

    assert [c.id for c in formats.read(files)] == ["M", "F"]


def test_it_says_when_no_file_is_a_template() -> None:
    with pytest.raises(formats.UnreadableInput, match="None of the 2 files is a CloudFormation"):
        formats.read({"a.yaml": b"a: 1", "b.json": b"{}"})
