from __future__ import annotations

import pytest

from apps.engine.facts import (
    ColdStart,
    Facts,
    Quota,
    UnknownFact,
    build_facts,
    weakest,
)
from apps.engine.regions import edge_of, price_regions


def make_quota(quota_id: str = "sqs.in_flight", text: str = "120000") -> Quota:
    return Quota(
        id=quota_id,
        service="sqs",
        name="Messages in flight",
        value=None if text == "unlimited" else float(text),
        text=text,
        unit="messages",
        scope="queue",
        adjustable=True,
        code="",
        effect="OverLimit",
        source_url="https://docs.aws.amazon.com/",
        source_date="2026-04-13",
        confidence="seen",
    )


def make_facts(*quotas: Quota) -> Facts:
    start = ColdStart("go_on_provided_al2023", "zip", "arm64", 50.0, 54.0, 71.0, "", "", "seen")
    return build_facts("eu-west-1", prices=[], quotas=quotas, classes=[], cold_starts=[start])


def test_it_gives_the_number_of_a_quota() -> None:
    facts = make_facts(make_quota())

    assert facts.quota("sqs.in_flight") == 120_000
    assert facts.quota_row("sqs.in_flight").effect == "OverLimit"


def test_a_quota_that_is_not_there_is_named() -> None:
    with pytest.raises(UnknownFact) as caught:
        make_facts().quota("sqs.in_flight")

    assert str(caught.value) == "There is no quota sqs.in_flight among the facts."


def test_a_quota_without_a_number_says_what_aws_says() -> None:
    facts = make_facts(make_quota("sqs.backlog", "unlimited"))

    with pytest.raises(UnknownFact, match="AWS says “unlimited”"):
        facts.quota("sqs.backlog")


def test_what_is_not_in_the_book_is_none() -> None:
    facts = make_facts()

    assert facts.price("lambda.requests") is None
    assert facts.instance_class("db.t4g.micro") is None
    assert facts.init_ms("python3.12", "zip", "arm64") is None


def test_a_custom_runtime_starts_as_go_does() -> None:
    start = make_facts().init_ms("provided.al2023", "zip", "arm64")

    assert start is not None
    assert start.init_ms_p50 == 50


def test_the_version_follows_the_rows_and_not_their_order() -> None:
    one, two = make_quota("a"), make_quota("b")

    assert make_facts(one, two).version == make_facts(two, one).version
    assert make_facts(one, two).version != make_facts(one).version
    assert make_facts(one).version != make_facts(make_quota("a", "119999")).version


@pytest.mark.parametrize(
    ("region", "edge"),
    [
        ("us-east-1", "edge:US"),
        ("eu-central-1", "edge:EU"),
        ("ap-southeast-1", "edge:AP"),
        ("ap-southeast-2", "edge:AU"),
        ("ap-northeast-1", "edge:JP"),
        ("ap-south-1", "edge:IN"),
        ("sa-east-1", "edge:SA"),
        ("me-south-1", "edge:ZA_ME"),
    ],
)
def test_a_region_has_an_edge(region: str, edge: str) -> None:
    assert edge_of(region) == edge
    assert price_regions(region) == (region, edge, "global")


def test_a_sum_of_facts_is_as_sure_as_its_weakest() -> None:
    assert weakest(["seen", "estimate", "seen"]) == "estimate"
    assert weakest(["estimate", "memory"]) == "memory"
