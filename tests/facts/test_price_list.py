"""Which product of AWS's list is which price, in which unit, and how large files are read."""

from __future__ import annotations

import io
import json
import tracemalloc
from decimal import Decimal
from pathlib import Path

import pytest

from apps.facts.price_list import json_stream
from apps.facts.price_list.json_stream import JsonStream
from apps.facts.price_list.offer_files import read_offer
from apps.facts.price_list.products import BadPriceList, Product, dimension
from apps.facts.price_list.queries import queries
from apps.facts.price_list.rules import all_rules, match, offers_of, read_rules
from apps.facts.price_list.units import ours_in
from apps.facts.reader import DATA, rows_from
from apps.facts.rows import BadFact
from tests.facts.offers import sold, write_json

# Where the list has these was not verified, or depends on more than the Region.
LEFT_OUT = {
    "backup.rds_snapshot_gb_month",
    "cloudfront.flat_plan.business",
    "cloudfront.flat_plan.free",
    "cloudfront.flat_plan.pro",
    "cloudfront.functions_invocations",
    "cw.lambda_logs_ingest_gb",
    "cw.logs_vended_gb",
    "dt.inter_region_gb",
    "eventbridge.pipes",
    "lambda.durable.operations",
    "lambda.durable.retained_gb_month",
    "lambda.durable.written_gb",
    "lambda.esm.epu_hour.kafka",
    "lambda.esm.epu_hour.sqs",
    "lambda.response_streaming_gb",
    "lambda.tenant_isolation_gb",
    "opensearch.ingestion_ocu_hour",
    "rds.extended_support_y1",
}


def product(offer: str, usage_type: str, family: str = "", **attributes: str) -> Product:
    named = {"usagetype": usage_type, "productfamily": family, "regioncode": "us-east-1"}
    return Product("FIX1", offer, named | attributes)


def test_it_knows_where_each_price_stands() -> None:
    ids = {price.id for price in rows_from(DATA).prices}

    assert {name for name in ids if not offers_of(name)} == LEFT_OUT


def test_its_units_are_those_of_the_book() -> None:
    wrong = [
        (price.id, price.unit, rule.unit)
        for price in rows_from(DATA).prices
        for rule in all_rules()
        if rule.covers(price.id) and rule.unit != price.unit
    ]
    assert wrong == []


def test_its_services_are_those_of_the_book() -> None:
    known = {price.id: price.service for price in rows_from(DATA).prices}
    for rule in all_rules():
        assert rule.service in known.values() if rule.service else rule.price_ids[0] in known


@pytest.mark.parametrize(
    ("found", "price_id"),
    [
        (product("AWSLambda", "USE1-Request", group="AWS-Lambda-Requests"), "lambda.requests"),
        (product("awskms", "us-east-1-KMS-Requests"), "kms.requests"),
        (product("AmazonDynamoDB", "IA-TimedStorage-ByteHrs"), "ddb.ia.storage_gb_month"),
        (
            product("AWSQueueService", "Requests-RBP", queuetype="Standard"),
            "sqs.standard.requests",
        ),
        (
            product("AmazonApiGateway", "ApiGatewayCacheUsage:0.5GB", "Amazon API Gateway Cache"),
            "apigw.cache_hour.0.5gb",
        ),
        (
            product(
                "AmazonRDS",
                "Multi-AZUsage:db.t4g.micro",
                "Database Instance",
                instancetype="db.t4g.micro",
                databaseengine="PostgreSQL",
                deploymentoption="Multi-AZ",
            ),
            "rds.postgres.db.t4g.micro.multi_hour",
        ),
        (
            product("AmazonES", "ESInstance:m5.large", "Amazon OpenSearch Service Instance"),
            "opensearch.m5.large.search.hour",
        ),
    ],
)
def test_products_are_found(found: Product, price_id: str) -> None:
    assert [(each.price_id, each.place) for each in match(found)] == [(price_id, "us-east-1")]


@pytest.mark.parametrize(
    ("usage_type", "place"),
    [("EU-Requests-Tier1", "edge:EU"), ("ZA-Requests-Tier1", "edge:ZA_ME")],
)
def test_edges_are_places_of_their_own(usage_type: str, place: str) -> None:
    (matched,) = match(Product("FIX1", "AmazonCloudFront", {"usagetype": usage_type}))

    assert (matched.price_id, matched.place) == ("cloudfront.http_requests", place)


def test_a_product_may_be_the_price_of_several_classes() -> None:
    found = match(product("AmazonS3", "EU-Requests-Tier4"))

    assert [each.price_id for each in found] == [
        "s3.int.transition_requests",
        "s3.sia.transition_requests",
        "s3.zia.transition_requests",
    ]


@pytest.mark.parametrize(
    "decoy",
    [
        product("AWSELB", "Outposts-LCUUsage", "Load Balancer-Application"),
        product("AWSELB", "USE1-ReservedLCUUsage", "Load Balancer-Application"),
        product(
            "AWSELB",
            "TS-LCUUsage",
            "Load Balancer-Application",
            operation="LoadBalancing:Application",
        ),
        product("AmazonRDS", "ExtendedSupport:Yr1-Yr2:PostgreSQL11"),
        product("awswaf", "ShieldProtected-WebACLV2"),
        product("awswaf", "USE1-ShieldProtected-RequestV2-Tier1"),
        product("AWSQueueService", "Requests-Fair-RBP", queuetype="Standard"),
        product("AmazonECR", "IA-TimedStorage-ByteHrs"),
        product("AmazonCloudWatch", "IA-TimedStorage-ByteHrs"),
        product("AmazonEFS", "Global-TimedStorage-ByteHrs"),
        product("AmazonS3", "TimedStorage-ByteHrs", volumetype="Standard - Infrequent Access"),
        product("AmazonEC2", "NatGateway-Hours", "NAT Gateway", locationtype="AWS Local Zone"),
        product(
            "AWSLambda",
            "Request",
            group="AWS-Lambda-Requests",
            groupdescription="Invocation call for China free tier",
        ),
        product("AmazonNothing", "Request"),
    ],
    ids=lambda decoy: decoy.usage_type,
)
def test_decoys_match_nothing(decoy: Product) -> None:
    assert match(decoy) == ()


def test_a_product_that_is_two_prices_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    rules = read_rules(
        "offer,family,usagetype,attributes,place,price_id,unit,service,description\n"
        "AWSLambda,,Request,,region,lambda.requests,request,,\n"
        "AWSLambda,,Req.*,,region,lambda.other,request,,\n"
    )
    table = "apps.facts.price_list.rules.rules_by_offer"
    monkeypatch.setattr(table, lambda: {"AWSLambda": rules})

    with pytest.raises(BadPriceList, match=r"FIX1 .* lambda\.other and lambda\.requests"):
        match(product("AWSLambda", "Request"))


def test_a_wrong_rule_names_its_line() -> None:
    heading = "offer,family,usagetype,attributes,place,price_id,unit,service,description\n"

    with pytest.raises(BadFact, match=r"price_list\.csv, line 2: place"):
        read_rules(heading + "AWSLambda,,Request,,moon,lambda.requests,request,,\n")


@pytest.mark.parametrize(
    ("ours", "listed", "ratio"),
    [
        ("request", "Requests", (1, 1)),
        ("request", "1M requests", (1_000_000, 1)),
        ("request", "10K Requests", (10_000, 1)),
        ("GB-month", "GB-Mo", (1, 1)),
        ("GB-month", "GB-Hours", (1, 730)),
        ("GB-h", "GB-Seconds", (1, 3600)),
        ("GB-h", "hours", (1, 1)),
        ("GB-s", "Lambda-GB-Second", (1, 1)),
        ("GB-s", "seconds", (1, 1)),
        ("GB", "TB", (1024, 1)),
        ("hour", "Hrs", (1, 1)),
        ("LCU-h", "LCU-Hrs", (1, 1)),
        ("RCU-h", "ReadCapacityUnit-Hrs", (1, 1)),
        ("month", "Keys", (1, 1)),
        ("month", "Hrs", (1, 730)),
        ("minute", "minutes", (1, 1)),
        ("IOPS-month", "IOPS-Mo", (1, 1)),
        ("MAU", "User", (1, 1)),
        ("GB", "Hrs", None),
        ("hour", "GB", None),
        ("request", "GB-Mo", None),
    ],
)
def test_units_are_converted(ours: str, listed: str, ratio: tuple[int, int] | None) -> None:
    expected = ratio and (Decimal(ratio[0]), Decimal(ratio[1]))

    assert ours_in(ours, listed) == expected


def test_no_cent_is_lost_to_a_float() -> None:
    assert dimension("0", "Inf", "GB", "0.00000000309").usd == Decimal("0.00000000309")
    with pytest.raises(BadPriceList, match="not a price"):
        dimension("0", "Inf", "GB", "-1")


def test_the_api_is_asked_for_little() -> None:
    asked = queries("eu-west-1", lambda offer: offer in ("AmazonEC2", "AWSDataTransfer"))

    assert [(query.offer, dict(query.filters)) for query in asked] == [
        ("AWSDataTransfer", {"fromRegionCode": "eu-west-1", "productFamily": "Data Transfer"}),
        ("AmazonEC2", {"regionCode": "eu-west-1", "productFamily": "NAT Gateway"}),
    ]


@pytest.mark.parametrize("chunk", [1, 2, 3, 7, 1000])
def test_json_is_the_same_in_pieces_of_any_size(
    monkeypatch: pytest.MonkeyPatch, chunk: int
) -> None:
    monkeypatch.setattr(json_stream, "_CHUNK", chunk)
    body = {"a": 1234, "b": {}, "c": {"d": [1, {"e": 'x\\"}'}], "f": None}, "g": "ü", "h": -1.5}
    stream = JsonStream(io.StringIO(json.dumps(body, indent=2, ensure_ascii=False)))

    assert {name: stream.value() for name in stream.members()} == body


def test_what_is_skipped_is_left_out() -> None:
    stream = JsonStream(io.StringIO('{"a": {"b": {"c": [1, 2]}}, "d": 3}'))

    names = []
    for name in stream.members():
        names.append(name)
        stream.skip()

    assert names == ["a", "d"]


def test_a_large_file_needs_little_memory(tmp_path: Path) -> None:
    others = [sold(f"OTHER{n}", f"BoxUsage:m{n}.large", "Hrs", "1") for n in range(8_000)]
    nat = sold("FIX1", "NatGateway-Hours", "Hrs", "0.05", family="NAT Gateway")
    path = write_json(tmp_path / "ec2.json", "AmazonEC2", [*others, nat])
    del others
    size = path.stat().st_size

    tracemalloc.start()
    offer = read_offer(path, lambda done: None, lambda name: True)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert offer is not None
    assert [each.product.sku for each in offer.listed] == ["FIX1"]
    assert size > 4_000_000
    assert peak < 2_000_000
