"""A serverless.yml with settings changed: those lines, and no others."""

from __future__ import annotations

import difflib
from pathlib import Path
from typing import Any

import pytest

from apps.engine import formats
from apps.engine.formats.framework_export import export_frameworks, framework_of
from apps.engine.formats.serverless.snippet import snippet

DEMO = Path(__file__).parent / "demo"
SAM = Path(__file__).parents[4] / "apps" / "forecasts" / "demo"
SHOP = """\
# The shop.
service: shop   # by name
provider:
    name: aws
    memorySize: 512
custom: {size: 1536, mails: &mails {Type: AWS::SQS::Queue}}
functions:
    hello:
        handler: "a.b"
        memorySize: ${self:custom.size}  # megabytes
        url: {authorizer: aws_iam}
    other: {handler: a.c, timeout: 3}
    listed:
        handler: a.d
        events:
            - http: GET /

resources:
    Resources:
        Jobs:
            Type: AWS::SQS::Queue
            Properties: {VisibilityTimeout: 60, QueueName: !Sub "${self:service}-jobs"}
        Mails: *mails
"""


def files(name: str) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in DEMO.glob(f"{name}*.yml")}


def changed_lines(before: str, after: str) -> list[str]:
    lines = difflib.ndiff(before.splitlines(), after.splitlines())
    return [line for line in lines if line[0] in "+-"]


@pytest.mark.parametrize("name", ["crud-service", "event-pipeline", "web-shop"])
def test_without_a_change_the_bytes_are_the_same(name: str) -> None:
    assert export_frameworks(files(name), {}).files == files(name)


@pytest.mark.parametrize(
    ("component", "setting", "value", "lines"),
    [
        (
            *("HelloLambdaFunction", "memory_mb", 2048),
            [
                "-         memorySize: ${self:custom.size}  # megabytes",
                "+         memorySize: 2048  # megabytes",
            ],
        ),
        (
            *("HelloLambdaFunction", "reserved_concurrency", 9),
            ["+         reservedConcurrency: 9"],
        ),
        (
            *("HelloLambdaFunction", "provisioned_concurrency", 4),
            ["+         provisionedConcurrency: 4"],
        ),
        (
            *("OtherLambdaFunction", "timeout_s", 9),
            [
                "-     other: {handler: a.c, timeout: 3}",
                "+     other: {handler: a.c, timeout: 9}",
            ],
        ),
        (
            *("OtherLambdaFunction", "timeout_s", None),
            [],
        ),
        (*("ListedLambdaFunction", "architecture", "arm64"), ["+         architecture: arm64"]),
        (*("ListedLambdaFunction", "snap_start", True), ["+         snapStart: true"]),
        (
            *("Jobs", "visibility_timeout_s", 90),
            [
                "-             Properties: {VisibilityTimeout: 60, "
                'QueueName: !Sub "${self:service}-jobs"}',
                "+             Properties: {VisibilityTimeout: 90, "
                'QueueName: !Sub "${self:service}-jobs"}',
            ],
        ),
        (*("ApiGatewayRestApi", "endpoint_type", "REGIONAL"), ["+     endpointType: REGIONAL"]),
    ],
)
def test_one_setting_changes_its_line(
    component: str, setting: str, value: Any, lines: list[str]
) -> None:
    export = export_frameworks({"serverless.yml": SHOP.encode()}, {component: {setting: value}})

    assert export.refused == ()
    assert changed_lines(SHOP, export.files["serverless.yml"].decode()) == lines


def test_three_settings_change_three_lines_and_are_read_again() -> None:
    changes = {
        "CatalogLambdaFunction": {"memory_mb": 2048},
        "MailerLambdaFunction": {"reserved_concurrency": 30},
        "Mails": {"visibility_timeout_s": 120},
    }
    before = files("web-shop")
    export = export_frameworks(before, changes)
    lines = changed_lines(before["web-shop.yml"].decode(), export.files["web-shop.yml"].decode())
    again = formats.read(export.files)

    assert [line for line in lines if line[0] == "+"] == [
        "+     memorySize: 2048",
        "+     reservedConcurrency: 30",
        "+         VisibilityTimeout: 120",
    ]
    for id_, settings in changes.items():
        assert settings.items() <= again.component(id_).settings.items()
    assert [note for note in export.notes if "${self:custom.mailerConcurrency}" in note]


def test_what_could_not_be_read_again_is_refused() -> None:
    before = files("web-shop")
    # No number of gigabytes, which only the reader finds out.
    export = export_frameworks(before, {"OrdersDb": {"max_storage_gb": True}})

    assert export.files == before
    assert "could not be read" in export.refused[0]


def test_line_ends_and_other_files_stay() -> None:
    before = {name: data.replace(b"\n", b"\r\n") for name, data in files("event-pipeline").items()}
    export = export_frameworks(before, {"ReadingsTable": {"write_capacity": 1600}})

    assert export.files["event-pipeline.yml"] == before["event-pipeline.yml"]
    assert export.files["event-pipeline.table.yml"] == before["event-pipeline.table.yml"].replace(
        b"1500", b"1600"
    )


@pytest.mark.parametrize(
    ("component", "setting", "value"),
    [
        ("Mails", "visibility_timeout_s", 9),
        ("HelloLambdaFunction", "is_in_vpc", True),
        ("HelloLambdaFunctionUrl", "auth_type", "NONE"),
    ],
)
def test_what_has_no_place_is_refused(component: str, setting: str, value: Any) -> None:
    before = {"serverless.yml": SHOP.encode()}
    export = export_frameworks(before, {component: {setting: value}})

    assert export.files == before
    assert len(export.refused) == 1


def test_a_design_of_another_format_becomes_keys_that_are_read_alike() -> None:
    for path in SAM.glob("*.yaml"):
        sam = formats.read({path.name: path.read_bytes()})
        text, _ = snippet(sam, path.stem)
        again = formats.read({"serverless.yml": text.encode()})
        for component in sam:
            if component.kind != "lambda_function":
                continue
            found = again.component(f"{component.id}LambdaFunction").settings
            meant = {k: v for k, v in component.settings.items() if k != "is_in_vpc"}
            assert meant.items() <= found.items()
            inbound = {(x.mode, tuple(sorted(x.settings))) for x in sam.inbound(component.id)}
            events = {x.mode for x in again.inbound(f"{component.id}LambdaFunction")}
            # What a state machine calls is no event of the function.
            assert {mode for mode, settings in inbound if settings} <= events


def test_the_framework_is_known() -> None:
    assert framework_of({"serverless.yml": SHOP.encode()}) == "serverless"
    assert framework_of({"template.yaml": b"Resources: {}"}) == ""
