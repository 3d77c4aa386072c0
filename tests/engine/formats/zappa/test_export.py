"""zappa_settings with settings changed, and a design as Zappa's keys."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from apps.engine import formats
from apps.engine.formats.framework_export import export_frameworks, framework_of
from apps.engine.formats.zappa.keys import zappa_keys

SAM = Path(__file__).parents[4] / "apps" / "forecasts" / "demo"
JSON = """\
{
    "production": {
        "django_settings": "a.b",  "memory_size": 512,
        "runtime": "python3.13"
    }
}
"""
TOML = """\
# Zappa
[production]
django_settings = "a.b"
memory_size = 512  # megabytes

[dev]
extends = "production"
"""


@pytest.mark.parametrize(
    ("setting", "value", "before", "after"),
    [
        ("memory_mb", 1024, '"memory_size": 512', '"memory_size": 1024'),
        (
            *("reserved_concurrency", 20, '"python3.13"\n'),
            '"python3.13",\n        "lambda_concurrency": 20\n',
        ),
        (
            *("provisioned_concurrency", 3, '"python3.13"\n'),
            '"python3.13",\n        "provisioned_concurrency": 3\n',
        ),
    ],
)
def test_json_changes_one_line(setting: str, value: Any, before: str, after: str) -> None:
    export = export_frameworks(
        {"zappa_settings.json": JSON.encode()}, {"ProductionFunction": {setting: value}}
    )

    assert export.refused == ()
    assert export.files["zappa_settings.json"].decode() == JSON.replace(before, after)


@pytest.mark.parametrize(
    ("setting", "value", "before", "after"),
    [
        ("memory_mb", 1024, "512  # megabytes", "1024  # megabytes"),
        ("reserved_concurrency", 20, "megabytes\n", "megabytes\nlambda_concurrency = 20\n"),
        ("is_traced", True, "megabytes\n", "megabytes\nxray_tracing = true\n"),
        ("memory_mb", None, "memory_size = 512", "memory_size = 128"),
    ],
)
def test_toml_changes_one_line(setting: str, value: Any, before: str, after: str) -> None:
    export = export_frameworks(
        {"zappa_settings.toml": TOML.encode()}, {"ProductionFunction": {setting: value}}
    )

    assert export.refused == ()
    assert export.files["zappa_settings.toml"].decode() == TOML.replace(before, after)


def test_what_zappa_cannot_say_is_refused() -> None:
    export = export_frameworks(
        {"zappa_settings.json": JSON.encode()}, {"ProductionFunction": {"is_in_vpc": True}}
    )

    assert len(export.refused) == 1


def test_a_design_becomes_the_keys_that_scale_it() -> None:
    sam = formats.read({"web.yaml": (SAM / "crud-service.yaml").read_bytes()})
    text, notes = zappa_keys(sam)

    assert json.loads(text) == {
        "production": {
            "runtime": "python3.13",
            "memory_size": 256,
            "timeout_seconds": 5,
            "keep_warm": True,
            "apigateway_enabled": True,
            "apigateway_version": "v2",
        }
    }
    assert notes == ()


def test_functions_behind_queues_are_named() -> None:
    sam = formats.read({"web.yaml": (SAM / "web-shop.yaml").read_bytes()})
    text, notes = zappa_keys(sam)

    assert set(json.loads(text)) == {"production_catalog", "production_checkout"}
    assert "Mailer" in notes[0]


def test_the_framework_is_known() -> None:
    assert framework_of({"zappa_settings.json": JSON.encode()}) == "zappa"
