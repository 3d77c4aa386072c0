"""Templates that the AWS CDK synthesised."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from apps.engine import formats
from apps.engine.graph import Architecture
from tests.engine.formats.templates import pairs

SHOP = Path(__file__).parent / "cdk" / "ShopStack.template.json"


@pytest.fixture
def shop() -> Architecture:
    return formats.read({SHOP.name: SHOP.read_bytes()})


def test_constructs_are_read_by_their_names(shop: Architecture) -> None:
    assert {c.name: c.kind for c in shop} == {
        "Orders/Queue": "sqs_queue",
        "Orders/Lost": "sqs_queue",
        "Stock/Table": "dynamodb_table",
        "Checkout": "lambda_function",
        "shop": "http_api",
        "Ship": "lambda_function",
        "Receipts": "s3_bucket",
    }


def test_links_are_read(shop: Architecture) -> None:
    names = {c.id: c.name for c in shop}

    assert {(names[a], names[b]) for a, b in pairs(shop)} == {
        ("shop", "Checkout"),
        ("Checkout", "Orders/Queue"),
        ("Checkout", "Stock/Table"),
        ("Orders/Queue", "Ship"),
        ("Orders/Queue", "Orders/Lost"),
    }


def test_what_only_deploys_carries_no_load(shop: Architecture) -> None:
    supporting = {item.id for item in shop.supporting}

    assert {"CDKMetadata", "ReceiptsAutoDeleteObjectsCustomResource4B5A6978"} <= supporting
    assert "CustomS3AutoDeleteObjectsCustomResourceProviderHandler9D90184F" in supporting
    assert shop.not_modelled() == ()


def test_a_folder_of_the_cdk_is_read_with_its_nested_stack() -> None:
    outer = template(
        Orders={
            "Type": "AWS::CloudFormation::Stack",
            "Properties": {
                "TemplateURL": {
                    "Fn::Join": ["", ["https://s3.", {"Ref": "AWS::Region"}, "/4e26bf2d.json"]]
                }
            },
            "Metadata": {
                "aws:cdk:path": "App/Orders.NestedStack/Orders.NestedStackResource",
                "aws:asset:path": "AppOrders1A2B.nested.template.json",
            },
        }
    )
    found = formats.read(
        {
            "cdk.out/App.template.json": outer,
            "cdk.out/AppOrders1A2B.nested.template.json": template(
                Jobs={"Type": "AWS::SQS::Queue"}
            ),
            "cdk.out/App.assets.json": b'{"version": "36.0.0", "files": {}}',
            "cdk.out/manifest.json": b'{"version": "36.0.0", "artifacts": {}}',
            "cdk.out/tree.json": b'{"version": "tree-0.1", "tree": {"id": "App"}}',
        }
    )

    assert [c.id for c in found] == ["Orders/Jobs"]
    assert found.warnings == ()


def template(**resources: dict[str, Any]) -> bytes:
    return json.dumps({"Resources": resources}).encode()
