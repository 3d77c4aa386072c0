"""Products of the Price List; the server of the other tests does not know them."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.stub import Stubber

from apps.aws import pricing
from apps.aws.errors import AwsRefused
from apps.aws.sessions import client_of, open_session

pytestmark = pytest.mark.usefixtures("keys")

ASKED = {
    "ServiceCode": "AWSLambda",
    "Filters": [{"Type": "TERM_MATCH", "Field": "regionCode", "Value": "us-east-1"}],
    "FormatVersion": "aws_v1",
    "MaxResults": 100,
}


def client() -> Any:
    return client_of(open_session(), "pricing", "us-east-1")


def page(*skus: str, **more: str) -> dict[str, Any]:
    return {"PriceList": [json.dumps({"product": {"sku": sku}}) for sku in skus], **more}


def test_it_reads_page_after_page() -> None:
    asked = client()
    with Stubber(asked) as stubber:
        stubber.add_response("get_products", page("A", "B", NextToken="2"), ASKED)
        stubber.add_response("get_products", page("C"), ASKED | {"NextToken": "2"})

        found = list(pricing.products(asked, "AWSLambda", {"regionCode": "us-east-1"}))

    assert [body["product"]["sku"] for body in found] == ["A", "B", "C"]


def test_a_refusal_names_the_right_that_lacks() -> None:
    asked = client()
    with Stubber(asked) as stubber:
        stubber.add_client_error("get_products", "AccessDeniedException")

        with pytest.raises(AwsRefused, match="Allow pricing:GetProducts"):
            list(pricing.products(asked, "AWSLambda", {}))
