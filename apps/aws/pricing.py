"""Products of AWS's Price List, through its query API."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

from apps.aws.errors import in_words

_PAGE: Final = 100  # AWS gives no more at once.


def products(client: Any, offer: str, filters: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    """Yield the products of an offer whose attributes are as asked, with their terms.

    Raises
    ------
    AwsRefused
        AWS did not answer.
    """
    pages = client.get_paginator("get_products").paginate(
        ServiceCode=offer,
        Filters=[
            {"Type": "TERM_MATCH", "Field": field, "Value": value}
            for field, value in filters.items()
        ],
        FormatVersion="aws_v1",
        PaginationConfig={"PageSize": _PAGE},
    )
    with in_words("pricing:GetProducts"):
        for page in pages:
            for text in page["PriceList"]:
                yield json.loads(text)
