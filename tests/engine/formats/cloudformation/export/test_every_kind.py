"""Every setting of every kind is written, or refused with a sentence; never wrongly."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from apps.engine.formats.cloudformation import read_templates
from apps.engine.formats.cloudformation.export import export_templates
from apps.engine.graph import Architecture
from tests.engine.formats.cloudformation.export.changing import (
    every_change,
    lines,
    says_the_changes,
)

TEMPLATE = Path(__file__).parents[1] / "one_of_each.yaml"
FILES = {TEMPLATE.name: TEMPLATE.read_bytes()}
# What a team scales by.
WRITTEN = {
    ("lambda_function", "memory_mb"),
    ("lambda_function", "reserved_concurrency"),
    ("lambda_function", "provisioned_concurrency"),
    ("lambda_function", "timeout_s"),
    ("sqs_queue", "visibility_timeout_s"),
    ("dynamodb_table", "has_pitr"),
    ("kinesis_stream", "shards"),
    ("rds_instance", "storage_gb"),
    ("aurora_cluster", "max_acu"),
    ("ecs_service", "desired"),
    ("ecs_service", "target_percent"),
    ("elasticache_cluster", "shards"),
    ("auto_scaling_group", "maximum"),
    ("rest_api", "throttle_rate_rps"),
    ("http_api", "throttle_rate_rps"),
}


@pytest.fixture(scope="module")
def design() -> Architecture:
    return read_templates(FILES)


def test_without_a_change_the_bytes_are_the_same() -> None:
    assert export_templates(FILES, {}).files == FILES


def test_what_a_team_scales_by_is_written(design: Architecture) -> None:
    kinds = {component.id: component.kind for component in design}
    wanted = [each for each in every_change(design) if (kinds[each[0]], each[1]) in WRITTEN]
    written = set()
    for component, setting, value in wanted:
        export = export_templates(FILES, {component: {setting: value}})
        if not export.refused:
            written.add((kinds[component], setting))
            assert says_the_changes(design, export, {component: {setting: value}})
    assert written == WRITTEN


def test_any_setting_is_written_or_refused_with_a_sentence(design: Architecture) -> None:
    written = 0
    for component, setting, value in every_change(design)[::8]:
        export = export_templates(FILES, {component: {setting: value}})
        written += not export.refused
        assert (export.files == FILES) is bool(export.refused), (component, setting)
        assert all(sentence.endswith(".") for sentence in export.refused)
    assert written >= 10


def test_what_a_setting_alone_cannot_say_is_never_written(design: Architecture) -> None:
    changes: dict[str, dict[str, Any]] = {
        "SqsEndpoint": {"zones": 3},
        "Table": {"indexes": 2},
        "Handler": {"is_in_vpc": False},
    }
    export = export_templates(FILES, changes)

    assert len(export.refused) == 3
    assert export.files == FILES
    assert {"SqsEndpoint", "Table", "Handler"} <= {component.id for component in design}


def test_three_at_once_are_read_again_and_no_line_beside_them_changes(
    design: Architecture,
) -> None:
    changes: dict[str, dict[str, Any]] = {
        "Handler": {"memory_mb": 1024},
        "Queue": {"visibility_timeout_s": 120.0},
        "ServerlessAurora": {"max_acu": 32.0},
    }
    export = export_templates(FILES, changes)

    text = export.files[TEMPLATE.name].decode()
    assert len([line for line in lines(TEMPLATE.read_bytes(), text) if line[0] == "+"]) == 3
    assert says_the_changes(design, export, changes)
