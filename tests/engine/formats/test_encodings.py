"""Files with a byte order mark are read in every format; UTF-16 is refused with what to do."""

from __future__ import annotations

import codecs
from collections.abc import Callable, Mapping

import pytest

from apps.engine import formats
from apps.engine.formats.cloudformation.export import Changes, Export, export_templates
from apps.engine.formats.framework_export import export_frameworks
from apps.engine.formats.terraform.export.changing import export_configuration
from tests.engine.formats.secret_places import FILES, filled

CONFIGURATION = b"""resource "aws_lambda_function" "f" {
  function_name = "f"
  runtime       = "python3.13"
  memory_size   = 512
}
"""
EACH = {name: filled(name, "Hunter-two-1") for name in FILES} | {
    "configuration": {"main.tf": CONFIGURATION},
    "json": {"template.json": b'{"Resources": {"Q": {"Type": "AWS::SQS::Queue"}}}'},
}
WRITERS: dict[str, Callable[[Mapping[str, bytes], Changes], Export]] = {
    "cloudformation": export_templates,
    "serverless": export_frameworks,
    "zappa yaml": export_frameworks,
    "zappa toml": export_frameworks,
    "zappa json": export_frameworks,
    "configuration": export_configuration,
}


def marked(files: dict[str, bytes]) -> dict[str, bytes]:
    return {file: codecs.BOM_UTF8 + data for file, data in files.items()}


@pytest.mark.parametrize("name", EACH)
def test_a_byte_order_mark_changes_nothing(name: str) -> None:
    assert formats.read(marked(EACH[name])).to_dict() == formats.read(EACH[name]).to_dict()


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32"])
@pytest.mark.parametrize("name", EACH)
def test_wide_characters_are_refused_with_what_to_do(name: str, encoding: str) -> None:
    wide = {file: data.decode().encode(encoding) for file, data in EACH[name].items()}

    with pytest.raises(formats.UnreadableInput) as refusal:
        formats.read(wide)

    assert "save the file as UTF-8" in str(refusal.value)
    assert str(refusal.value).count(". ") == 0


@pytest.mark.parametrize("name", WRITERS)
def test_a_byte_order_mark_survives_an_export(name: str) -> None:
    design = formats.read(EACH[name])
    function = next(part.id for part in design if part.kind == "lambda_function")
    changes = {function: {"memory_mb": 2048}}

    plain = WRITERS[name](EACH[name], changes)
    found = WRITERS[name](marked(EACH[name]), changes)

    assert plain.files != EACH[name]
    assert (found.files, found.refused) == (marked(dict(plain.files)), ())
