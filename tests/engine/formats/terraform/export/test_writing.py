"""Designs written as a module of Terraform: read again, they are the same."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from apps.engine import formats
from apps.engine.catalog import build
from apps.engine.formats.terraform.export import write_configuration
from apps.engine.formats.terraform.export.sheet import word
from apps.engine.graph import Architecture, Component, Link

ROOT = Path(__file__).parents[5]
DEMO = ROOT / "apps" / "forecasts" / "demo"
ALL_KINDS = ROOT / "tests" / "engine" / "formats" / "cloudformation" / "one_of_each.yaml"
DESIGNS = ("web-shop", "event-pipeline", "crud-service")
TERRAFORM = shutil.which("terraform")


def given(path: Path) -> Architecture:
    return formats.read({path.name: path.read_bytes()})


def written(architecture: Architecture) -> tuple[Architecture, tuple[str, ...], str]:
    export = write_configuration(architecture, "Shop")
    return formats.read(export.files), export.notes, export.files["main.tf"].decode()


@pytest.mark.parametrize("design", DESIGNS)
def test_a_design_of_another_format_is_the_same_in_terraform(design: str) -> None:
    asked = given(DEMO / f"{design}.yaml")
    found, notes, _ = written(asked)
    assert notes == ()
    ids = {c.id: other.id for c in asked for other in found if other.name == word(c.id)}
    assert len(ids) == len(asked.components) == len(found.components)
    for component in asked:
        other = found.component(ids[component.id])
        assert build(other) == build(component)
    assert {(x.source, x.target, x.role, x.mode, x.calls) for x in found.links} == {
        (ids[x.source], ids[x.target], x.role, x.mode, x.calls) for x in asked.links
    }
    settings = {(x.source, x.target, x.role): dict(x.settings) for x in found.links}
    for link in asked.links:
        assert settings[ids[link.source], ids[link.target], link.role] == dict(link.settings)


@pytest.mark.parametrize("design", DESIGNS)
def test_a_written_module_is_written_again_the_same(design: str) -> None:
    once, _, text = written(given(DEMO / f"{design}.yaml"))
    again, notes, _ = written(once)
    assert notes == ()
    assert {c.id for c in again} == {c.id for c in once}
    assert {x.key for x in again.links} == {x.key for x in once.links}
    assert text


def test_every_kind_comes_back_or_is_told() -> None:
    asked = given(ALL_KINDS)
    found, notes, _ = written(asked)
    lost = {"Board", "Disk", "Traces"}
    assert [note.split(" has no resource")[0] for note in notes] == sorted(lost)
    kinds = sorted(c.kind for c in found if c.kind != "service_api")
    assert kinds == sorted(
        c.kind for c in asked if c.id not in lost and c.kind not in ("service_api", "account")
    )


@pytest.mark.skipif(TERRAFORM is None, reason="terraform is not installed")
@pytest.mark.parametrize("path", [*(DEMO / f"{d}.yaml" for d in DESIGNS), ALL_KINDS], ids=str)
def test_a_written_module_has_the_style_of_fmt(path: Path, tmp_path: Path) -> None:
    (tmp_path / "main.tf").write_bytes(write_configuration(given(path)).files["main.tf"])
    command = [str(TERRAFORM), "fmt", "-check", "-diff", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")


def test_a_drawn_design_has_roles_and_routes() -> None:
    drawn = Architecture(
        components=(
            Component(id="http_api-1", kind="http_api", name="Front"),
            Component(id="lambda_function-1", kind="lambda_function", settings={"memory_mb": 512}),
            Component(id="s3_bucket-1", kind="s3_bucket"),
            Component(id="sqs_queue-1", kind="sqs_queue", settings={"is_fifo": True}),
        ),
        links=(
            Link(source="http_api-1", target="lambda_function-1", role="invoke"),
            Link(source="lambda_function-1", target="s3_bucket-1", role="put"),
            Link(source="lambda_function-1", target="sqs_queue-1", role="send", mode="async"),
        ),
    )
    found, notes, text = written(drawn)
    assert notes == ()
    assert {(x.source, x.target, x.role, x.mode) for x in found.links} == {
        ("aws_apigatewayv2_api.http_api_1", F, "invoke", "sync"),
        (F, "aws_s3_bucket.s3_bucket_1", "put", "sync"),
        (F, "aws_sqs_queue.sqs_queue_1", "send", "async"),
    }
    assert found.component("aws_sqs_queue.sqs_queue_1").settings == {"is_fifo": True}
    assert 'name       = "sqs-queue-1.fifo"' in text
    assert 'resource "aws_lambda_permission" "lambda_function_1"' in text


F = "aws_lambda_function.lambda_function_1"


def test_ids_that_differ_only_by_form_have_names_of_their_own() -> None:
    drawn = Architecture(
        components=(
            Component(id="A/Orders", kind="sqs_queue"),
            Component(id="B/orders", kind="sqs_queue"),
        )
    )
    found, notes, _ = written(drawn)
    assert [c.id for c in found] == ["aws_sqs_queue.orders", "aws_sqs_queue.orders_2"]
    assert notes == ()


def test_texts_are_no_expressions() -> None:
    drawn = Architecture(components=(Component(id='x"${a}', kind="sns_topic"),))
    found, _, text = written(drawn)
    assert [c.id for c in found] == ["aws_sns_topic.x_a"]
    assert "${a}" not in text


def test_an_empty_design_is_a_module_too() -> None:
    export = write_configuration(Architecture(), "Empty")
    assert export.files["main.tf"].decode().startswith("# Empty, written by Headroom.")
