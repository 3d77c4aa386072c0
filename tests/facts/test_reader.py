"""The packaged files, and what happens to files that are wrong."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from apps.engine.facts import UnknownFact
from apps.facts import reader
from apps.facts.rows import BadFact


@pytest.fixture
def texts() -> dict[str, str]:
    return {name: (reader.DATA / name).read_text(encoding="utf-8") for name in reader.FILES}


def test_it_reads_the_packaged_facts() -> None:
    facts = reader.packaged_facts("us-east-1")

    assert facts is reader.packaged_facts("us-east-1")
    assert facts.quota("lambda.concurrent_executions") == 1000
    assert facts.quota_row("lambda.concurrent_executions").code == "lambda/L-B99A9384"
    assert facts.quota_row("lambda.concurrent_executions").adjustable
    price = facts.price("lambda.gb_second.x86")
    assert price is not None
    assert [(tier.end, tier.usd) for tier in price.tiers] == [
        (Decimal(6_000_000_000), Decimal("0.0000166667")),
        (Decimal(15_000_000_000), Decimal("0.000015")),
        (None, Decimal("0.0000133334")),
    ]


def test_every_row_of_the_files_is_there() -> None:
    rows = reader.rows_from(reader.DATA)

    assert len({(price.id, price.region) for price in rows.prices}) == len(rows.prices) > 570
    assert sum(len(price.tiers) for price in rows.prices) == lines_of("prices.csv")
    assert len(rows.quotas) == lines_of("quotas.csv")
    assert len(rows.classes) == lines_of("rds_classes.csv") + lines_of("elasticache_nodes.csv")
    # Four sizes of memory are one.
    assert len(rows.cold_starts) * 4 == lines_of("lambda_coldstart.csv")


def lines_of(name: str) -> int:
    return len((reader.DATA / name).read_text(encoding="utf-8").splitlines()) - 1


def test_formulas_and_no_limit_keep_their_words() -> None:
    facts = reader.packaged_facts("us-east-1")

    words = {quota.id: quota.text for quota in facts.quotas.values() if quota.value is None}
    assert words["sqs.backlog"] == "unlimited"
    assert words["rds.mysql_max_connections"] == "DBInstanceClassMemory/12582880"
    assert len(words) == 11


def test_connections_count_with_the_memory_that_is_left() -> None:
    micro = reader.packaged_facts("us-east-1").instance_class("db.t4g.micro")

    assert micro is not None
    assert (micro.vcpu, micro.memory_gib) == (2, 1)
    assert (micro.pg_max_connections, micro.pg_max_connections_nominal) == (79, 112)
    assert (micro.mysql_max_connections, micro.mysql_max_connections_nominal) == (59, 85)
    assert micro.confidence == "estimate"


def test_a_cache_node_has_its_memory_and_clients() -> None:
    node = reader.packaged_facts("us-east-1").instance_class("cache.t4g.small")

    assert node is not None
    assert (node.cache_bytes, node.max_clients, node.vcpu) == (1_471_026_299, 65_000, 2)


def test_cold_starts_are_averaged_over_memory_sizes() -> None:
    start = reader.packaged_facts("us-east-1").init_ms("python3.12", "zip", "x86_64")

    assert start is not None
    assert (start.init_ms_p50, start.init_ms_p90, start.init_ms_p99) == (85.0, 102.0, 142.1)


def test_every_region_sees_global_prices_with_those_of_its_edge() -> None:
    virginia, frankfurt = (reader.packaged_facts(name) for name in ("us-east-1", "eu-central-1"))

    for facts, edge in ((virginia, "edge:US"), (frankfurt, "edge:EU")):
        transfer, zone = facts.price("cloudfront.transfer_gb"), facts.price("route53.zone_month")
        assert transfer is not None
        assert zone is not None
        assert (transfer.region, zone.region) == (edge, "global")
    assert virginia.version != frankfurt.version


def test_every_region_sees_the_prices_of_viewers_elsewhere() -> None:
    facts = reader.packaged_facts("eu-central-1")

    seen = [facts.price(f"cloudfront.transfer_gb.{area}") for area in ("eu", "us", "za_me")]

    assert [price and price.region for price in seen] == ["edge:EU", "edge:US", "edge:ZA_ME"]
    assert seen[0] is facts.price("cloudfront.transfer_gb")
    assert facts.price("cloudfront.transfer_gb.xx") is None


def test_a_price_that_a_region_lacks_is_none() -> None:
    assert reader.packaged_facts("us-east-1").price("alb.hour") is not None
    assert reader.packaged_facts("sa-east-1").price("alb.hour") is None


def test_it_lists_the_regions_with_prices() -> None:
    assert reader.regions() == ("ap-southeast-1", "eu-central-1", "eu-west-1", "us-east-1")


@pytest.mark.parametrize("region", ["", "Frankfurt", "edge:US", "global", "us-east"])
def test_it_refuses_what_is_not_a_region(region: str) -> None:
    with pytest.raises(UnknownFact, match="is not the name of an AWS Region"):
        reader.packaged_facts(region)


def test_it_reads_a_folder_of_ones_own(texts: dict[str, str], tmp_path: Path) -> None:
    texts["quotas.csv"] = texts["quotas.csv"].replace(
        "Concurrent executions,1000,", "Concurrent executions,10,"
    )
    for name, text in texts.items():
        (tmp_path / name).write_text(text, encoding="utf-8")

    facts = reader.facts_from(tmp_path, "us-east-1")

    assert facts.quota("lambda.concurrent_executions") == 10
    assert facts.version != reader.packaged_facts("us-east-1").version


def test_a_folder_without_facts_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadFact, match=r"prices\.csv cannot be read: No such file"):
        reader.facts_from(tmp_path, "us-east-1")


FIRST_TIER = "us-east-1,GB-s,0,6000000000,0.0000166667"
WRONG = {
    "number": ("prices.csv", FIRST_TIER, "us-east-1,GB-s,0,6000000000,free", 6, "usd is not a num"),
    "negative": ("prices.csv", FIRST_TIER, "us-east-1,GB-s,0,6000000000,-1", 6, "from 0 up"),
    "unit": ("prices.csv", ",us-east-1,request,0,,0.0000002", ",us-east-1,dozen,0,,2", 2, "dozen"),
    "gap": ("prices.csv", FIRST_TIER, "us-east-1,GB-s,0,5000000000,0.00002", 7, "before ends at"),
    "overlap": ("prices.csv", FIRST_TIER, "us-east-1,GB-s,0,7000000000,0.00002", 7, "before ends"),
    "begin": ("prices.csv", FIRST_TIER, "us-east-1,GB-s,1,6000000000,0.00002", 6, "begins at 1"),
    "empty tier": ("prices.csv", FIRST_TIER, "us-east-1,GB-s,0,0,0.00002", 6, "tier ends at 0"),
    "cells": ("prices.csv", FIRST_TIER, "us-east-1,GB-s,0", 6, "cells where the heading"),
    "end": ("prices.csv", ",us-east-1,request,0,,0.0000002", ",us-east-1,request,0,5,2", 2, "open"),
    "source": ("prices.csv", "aws.amazon.com/lambda/pricing page copy", "", 2, "source is empty"),
    "yes or no": ("quotas.csv", "automatically,yes", "automatically,perhaps", 2, "perhaps"),
    "twice": (
        "quotas.csv",
        "lambda.concurrency_scaling_rate",
        "lambda.concurrent_executions",
        3,
        "twice",
    ),
    "confidence": ("quotas.csv", "at 1ae5aa2),seen", "at 1ae5aa2),sure", 2, "“sure”"),
    "class": ("rds_classes.csv", "db.t4g.micro,2,1,", "db.t4g.micro,two,1,", 2, "vcpu is not"),
    "whole": ("elasticache_nodes.csv", "536870912,0.5", "536870912.5,0.5", 2, "whole number"),
    "sizes": ("rds_classes.csv", "db.m6g.large,2,", "db.m6g.large,3,", 14, "instance_classes.csv"),
    "package": ("lambda_coldstart.csv", "bun,image", "bun,tar", 2, "zip, image"),
    "column": (
        "lambda_coldstart.csv",
        "init_ms_p50,",
        "p50,",
        1,
        "without the columns init_ms_p50",
    ),
}


@pytest.mark.parametrize(("file", "old", "new", "line", "reason"), WRONG.values(), ids=WRONG)
def test_a_wrong_row_is_told_with_file_and_line(
    texts: dict[str, str], file: str, old: str, new: str, line: int, reason: str
) -> None:
    assert old in texts[file]
    texts[file] = texts[file].replace(old, new, 1)

    with pytest.raises(BadFact) as caught:
        reader.read_facts(texts, "us-east-1")

    assert str(caught.value).startswith(f"{file}, line {line}: ")
    assert reason in str(caught.value)


def test_a_missing_file_is_told(texts: dict[str, str]) -> None:
    del texts["quotas.csv"]

    with pytest.raises(BadFact, match=r"quotas\.csv is missing"):
        reader.read_facts(texts, "us-east-1")
