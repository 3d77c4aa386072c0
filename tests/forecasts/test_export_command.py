from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from apps.forecasts.exporting.registry import EXPORTERS
from apps.forecasts.template_files import read_paths

ROOT = Path(__file__).resolve().parents[2]
SHOP = ROOT / "apps/forecasts/demo/crud-service.yaml"
Run = Callable[..., str]
PARENT = """\
Resources:
  Shop:
    Type: AWS::CloudFormation::Stack
    Properties: {TemplateURL: parts/child.yaml}
"""
CHILD = """\
Resources:
  Jobs:
    Type: AWS::SQS::Queue
    Properties: {VisibilityTimeout: 30}  # enough
"""


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    def call(*arguments: object) -> str:
        call_command("export", *[str(argument) for argument in arguments])
        return capsys.readouterr().out

    return call


@pytest.fixture
def nested(tmp_path: Path) -> Path:
    (tmp_path / "parts").mkdir()
    (tmp_path / "parts/child.yaml").write_text(CHILD)
    (tmp_path / "parent.yaml").write_text(PARENT)
    return tmp_path / "parent.yaml"


def refused(*arguments: object) -> str:
    with pytest.raises(CommandError) as caught:
        call_command("export", *[str(argument) for argument in arguments])
    assert caught.value.returncode == 2
    return str(caught.value)


def test_without_a_change_the_template_is_printed_as_it_is(run: Run) -> None:
    assert run(SHOP, "--to", "sam") == SHOP.read_text()
    assert run(SHOP, "--to", "cloudformation") == SHOP.read_text()


def test_it_prints_bytes_without_a_database_or_a_setting(tmp_path: Path) -> None:
    template = tmp_path / "t.yaml"
    template.write_bytes(b"\xef\xbb\xbf" + CHILD.replace("\n", "\r\n").encode())
    command: list[str] = [
        sys.executable,
        str(ROOT / "manage.py"),
        "export",
        str(template),
        "--to",
        "cloudformation",
    ]
    done = subprocess.run(
        [*command, "--set", "Jobs.visibility_timeout_s=60"],
        capture_output=True,
        check=True,
        env={"PATH": os.environ["PATH"]},
        cwd=tmp_path,
    )
    assert done.stdout == template.read_bytes().replace(b"30", b"60")


def test_settings_change_their_lines(run: Run, tmp_path: Path) -> None:
    text = run(
        SHOP,
        *("--to", "sam"),
        *("--set", "NotesTable.has_pitr=yes"),
        *("--set", "Notes.memory_mb=1024"),
    )
    (tmp_path / "after.yaml").write_text(text)
    before, after = read_paths([SHOP]), read_paths([tmp_path / "after.yaml"])

    assert after.component("Notes").settings["memory_mb"] == 1024
    assert after.component("NotesTable").settings["has_pitr"] is True
    assert [c.id for c in after] == [c.id for c in before]
    assert set(SHOP.read_text().splitlines()) - set(text.splitlines()) <= {
        line for line in SHOP.read_text().splitlines() if "MemorySize" in line or "Recovery" in line
    }


def test_an_empty_value_takes_a_setting_out(run: Run, tmp_path: Path) -> None:
    template = tmp_path / "t.yaml"
    template.write_text(CHILD)

    for empty in ("", "none", "default"):
        text = run(
            template, "--to", "cloudformation", "--set", f"Jobs.visibility_timeout_s={empty}"
        )
        assert text == "Resources:\n  Jobs:\n    Type: AWS::SQS::Queue\n"


def test_several_files_go_into_a_folder(nested: Path, tmp_path: Path, run: Run) -> None:
    out = tmp_path / "out"
    change = ("--set", "Shop/Jobs.visibility_timeout_s=60")
    assert run(nested, "--to", "cloudformation", *change, "--out", out) == ""

    assert (out / "parent.yaml").read_text() == PARENT
    assert (out / "parts/child.yaml").read_text() == CHILD.replace("30", "60")
    assert "say where with --out FOLDER" in refused(nested, "--to", "cloudformation", *change)
    assert run(nested, "--to", "cloudformation") == PARENT


def test_the_files_of_a_zip(nested: Path, tmp_path: Path, run: Run) -> None:
    packed = tmp_path / "shop.zip"
    with zipfile.ZipFile(packed, "w") as archive:
        for name in ("parent.yaml", "parts/child.yaml"):
            archive.write(nested.parent / name, name)

    run(packed, "--to", "cloudformation", "--out", tmp_path / "out")

    assert (tmp_path / "out/parts/child.yaml").read_text() == CHILD


def test_what_was_done_otherwise_is_told_beside_the_template(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    template = tmp_path / "t.yaml"
    body = "Parameters: {W: {Type: Number, Default: 3}}\n" + CHILD.replace("30", "!Ref W")
    template.write_text(body)
    call_command(
        "export", str(template), "--to", "cloudformation", "--set", "Jobs.visibility_timeout_s=9"
    )
    printed = capsys.readouterr()

    assert printed.out == body.replace("Default: 3", "Default: 9")
    assert "default of the parameter W is 9 now" in printed.err


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ("Notes", "'Notes' is no change; write component.setting=value."),
        ("Note.memory_mb=512", "did you mean Notes?"),
        ("Notes.memory=512", "Lambda function has no setting 'memory'; did you mean"),
        ("Notes.memory_mb=much", "memory_mb is 'much'; write a whole number."),
        ("Notes.timeout_s=long", "timeout_s is 'long'; write a number."),
        ("Notes.timeout_s=nan", "must be a number"),
        ("NotesTable.has_pitr=perhaps", "has_pitr is 'perhaps'; write true or false."),
        ("Notes.memory_mb=5", "Memory must be between 128 and 10,240 MB, not 5."),
        ("Notes.is_in_vpc=true", "cannot be written from 'is_in_vpc'"),
    ],
)
def test_a_change_that_cannot_be_made_is_refused(change: str, sentence: str) -> None:
    assert sentence in refused(SHOP, "--to", "sam", "--set", change)


def test_a_refused_change_writes_nothing(tmp_path: Path) -> None:
    out = tmp_path / "out"
    refused(SHOP, "--to", "sam", "--set", "Notes.is_in_vpc=true", "--out", out)

    assert not out.exists()


def test_what_cannot_be_read_or_written_is_refused(tmp_path: Path) -> None:
    plain = tmp_path / "t.yaml"
    plain.write_text(CHILD)
    (tmp_path / "file").write_text("")

    assert "no such file" in refused(tmp_path / "none.yaml", "--to", "sam")
    assert "plain CloudFormation" in refused(plain, "--to", "sam")
    assert "invalid choice" in refused_arguments(plain, "--to", "word")
    assert str(tmp_path / "file") in refused(SHOP, "--to", "sam", "--out", tmp_path / "file")


def refused_arguments(*arguments: object) -> str:
    with pytest.raises(CommandError) as caught:
        call_command("export", *[str(argument) for argument in arguments])
    return str(caught.value)


def test_every_format_says_what_it_is() -> None:
    assert len({exporter.name for exporter in EXPORTERS}) == len(EXPORTERS)
    assert all(exporter.about.endswith(".") for exporter in EXPORTERS)
