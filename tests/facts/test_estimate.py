"""`manage.py estimate`. No test here may use the database, and pytest-django sees to that."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from datetime import date
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from apps.engine.catalog import KINDS
from apps.engine.catalog.base import Meters, Usage
from apps.engine.pricing import price_bill
from apps.facts.estimate import as_json, as_text
from apps.facts.reader import DATA, packaged_facts

# https://aws.amazon.com/lambda/pricing/ example 1: 3M x 120 ms x 1,536 MB.
MOBILE_BACKEND = {
    "kind": "lambda_function",
    "settings": {"memory_mb": 1536},
    "usage": {"passed": {"invoke": 3_000_000}, "busy_s": 360_000},
}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return write(tmp_path / "usage.json", {"items": [MOBILE_BACKEND]})


def write(path: Path, body: Any) -> Path:
    path.write_text(body if isinstance(body, str) else json.dumps(body), encoding="utf-8")
    return path


def estimate(*arguments: object) -> str:
    said = StringIO()
    call_command("estimate", *map(str, arguments), stdout=said)
    return said.getvalue()


def test_it_prices_a_usage_file(file: Path) -> None:
    bill = json.loads(estimate(file, "--free-tier", "--format=json"))

    assert bill["schema"] == "headroom/estimate/1"
    assert round(bill["monthly_usd"], 2) == 2.73
    assert (bill["region"], bill["is_complete"], bill["not_priced"]) == ("us-east-1", True, [])
    assert bill["facts_version"] == packaged_facts("us-east-1").version
    line = bill["lines"][1]
    assert line["item"] == "items[0]"
    assert (line["price_id"], line["unit"], line["quantity"]) == (
        "lambda.gb_second.x86",
        "GB-s",
        540_000,
    )
    assert line["source_url"] == "https://aws.amazon.com/lambda/pricing/"
    assert sum(each["monthly_usd"] for each in bill["lines"]) == pytest.approx(bill["monthly_usd"])


def test_without_the_free_tier_every_unit_is_billed(file: Path) -> None:
    bill = json.loads(estimate(file, "--format=json"))

    requests, duration, *_ = bill["lines"]
    assert requests["monthly_usd"] == 0.6
    assert requests["unit_price_usd"] == 0.0000002
    assert duration["monthly_usd"] == 9.000018


def test_an_item_may_be_in_the_words_of_terraform_and_infracost(tmp_path: Path) -> None:
    item = {
        "resource_type": "aws_lambda_function",
        "attributes": {"memory_size": 2048, "architectures": ["arm64"]},
        "usage": {"monthly_requests": 1_000_000, "request_duration_ms": 100},
    }

    bill = json.loads(estimate(write(tmp_path / "u.json", {"items": [item]}), "--format=json"))

    assert [(line["price_id"], line["quantity"]) for line in bill["lines"][:2]] == [
        ("lambda.requests", 1_000_000),
        ("lambda.gb_second.arm", 200_000),
    ]


@pytest.mark.parametrize(
    ("item", "said"),
    [
        ({"resource_type": "aws_unheard_of"}, "items[0].resource_type must be a Terraform type"),
        ({"resource_type": ["x"]}, "items[0].resource_type must be a Terraform type"),
        ({"attributes": {"memory_size": "much"}}, "memory_size is 'much', which cannot be read"),
        ({"attributes": {"a[999999999]": 1}}, "a[999999999] does not fit"),
        ({"attributes": {"a": 1, "a.b": 1}}, "a.b does not fit"),
        ({"attributes": {"memory_size": 1}}, "Memory"),
        ({"usage": {"monthly_requests": -1}}, "items[0].usage.monthly_requests must be a number"),
        ({"kind": "lambda_function"}, "items[0].kind is not known"),
    ],
)
def test_a_resource_that_cannot_be_read_is_refused(
    tmp_path: Path, item: dict[str, Any], said: str
) -> None:
    item = {"resource_type": "aws_lambda_function"} | item
    with pytest.raises(CommandError, match=re.escape(said)):
        estimate(write(tmp_path / "u.json", {"items": [item]}))


def test_the_text_ends_with_the_total(file: Path) -> None:
    said = estimate(file, "--free-tier").splitlines()

    assert said[0].split()[:3] == ["items[0]", "Requests", "$0.40"]
    assert said[-1] == "$2.73 a month in us-east-1"


def test_another_region_has_its_own_prices(file: Path) -> None:
    bill = json.loads(estimate(file, "--region=eu-central-1", "--format=json"))

    assert bill["region"] == "eu-central-1"
    assert bill["facts_version"] == packaged_facts("eu-central-1").version


def test_facts_of_ones_own_are_used(file: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(DATA, tmp_path / "facts"))
    prices = (folder / "prices.csv").read_text(encoding="utf-8")
    dearer = prices.replace(",us-east-1,request,0,,0.0000002,", ",us-east-1,request,0,,0.000002,")
    (folder / "prices.csv").write_text(dearer, encoding="utf-8")

    bill = json.loads(estimate(file, f"--facts={folder}", "--format=json"))

    assert bill["lines"][0]["monthly_usd"] == 6


def test_what_has_no_price_is_named_and_the_total_is_a_lower_bound(
    file: Path, tmp_path: Path
) -> None:
    folder = Path(shutil.copytree(DATA, tmp_path / "facts"))
    prices = (folder / "prices.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    kept = [line for line in prices if not line.startswith("Lambda,lambda.requests,")]
    (folder / "prices.csv").write_text("".join(kept), encoding="utf-8")

    said = estimate(file, f"--facts={folder}")
    bill = json.loads(estimate(file, f"--facts={folder}", "--format=json"))

    assert "The book has no price lambda.requests for us-east-1." in said
    assert said.splitlines()[-1] == "at least $9.00 a month in us-east-1"
    assert not bill["is_complete"]
    (missing,) = bill["not_priced"]
    assert (missing["quantity"], missing["monthly_usd"]) == (3_000_000, None)


def item(**changes: Any) -> dict[str, Any]:
    return {"items": [MOBILE_BACKEND | changes]}


WRONG = {
    "not JSON": ("{", "The file is not JSON: "),
    "empty": ("", "The file is not JSON: "),
    "a list": ([], "The file must be an object in braces."),
    "no items": ({"items": []}, "items must be a list with at least one item."),
    "another key": ({"items": [MOBILE_BACKEND], "note": ""}, "note is not known"),
    "a word": ({"items": ["lambda"]}, "items[0] must be an object in braces."),
    "no kind": ({"items": [{}]}, "items[0].kind must be one of "),
    "unknown kind": (item(kind="mainframe"), "items[0].kind must be one of "),
    "kind as list": (item(kind=["x"]), "items[0].kind must be one of "),
    "key of an item": (item(name="x"), "items[0].name is not known"),
    "unknown setting": (item(settings={"colour": "red"}), "has no setting 'colour'"),
    "out of bounds": (item(settings={"memory_mb": 1}), "Memory must be between 128 and 10,240"),
    "text for number": (
        item(settings={"memory_mb": "big"}),
        'items[0].settings.memory_mb must be a number, not "big".',
    ),
    "number for text": (
        item(settings={"runtime": 3}),
        "items[0].settings.runtime must be text, not 3.",
    ),
    "number for flag": (
        item(settings={"is_in_vpc": 1}),
        "items[0].settings.is_in_vpc must be true or false, not 1.",
    ),
    "unknown meter": (item(usage={"busy": 1}), "items[0].usage.busy is not known"),
    "negative": (
        item(usage={"passed": {"invoke": -1}}),
        "items[0].usage.passed.invoke must be a number from 0 to 10^18, not -1.",
    ),
    "huge": (item(usage={"busy_s": 10**19}), "items[0].usage.busy_s must be a number"),
    "true": (item(usage={"busy_s": True}), "items[0].usage.busy_s must be a number"),
    "a number for parts": (item(usage={"passed": 3}), "items[0].usage.passed must be an object"),
    "flag": (item(usage={"is_edge": 1}), "items[0].usage.is_edge must be true or false."),
    "NaN": ('{"items": [NaN]}', "NaN is not a number that can be billed."),
    "infinite": (
        '{"items": [{"kind": "lambda_function", "usage": {"busy_s": 1e999}}]}',
        "items[0].usage.busy_s must be a number",
    ),
    "many digits": (f'{{"items": {"9" * 5000}}}', "The file is not JSON: "),
    "twice": ('{"items": [], "items": []}', "The key “items” stands twice"),
    "deep": ("[" * 100_000, "The file is nested too deeply."),
    "large": (" " * (5 * 1024 * 1024 + 1), "is larger than 5 MB."),
}


@pytest.mark.parametrize(("body", "reason"), WRONG.values(), ids=WRONG)
def test_a_wrong_file_is_refused_with_a_sentence(tmp_path: Path, body: Any, reason: str) -> None:
    file = write(tmp_path / "usage.json", body)

    with pytest.raises(CommandError) as caught:
        estimate(file)

    assert reason in str(caught.value)
    assert "\n" not in str(caught.value)
    assert caught.value.returncode == 2


def test_a_file_that_is_not_there_or_not_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "binary.json").write_bytes(b"\xff\xfe\x00")

    for name, reason in (("none.json", "No such file"), ("binary.json", "not UTF-8 text")):
        with pytest.raises(CommandError, match=reason):
            estimate(tmp_path / name)


@pytest.mark.parametrize("region", ["mars-1", "sa-east-1", "global"])
def test_a_region_without_prices_is_refused(file: Path, region: str) -> None:
    with pytest.raises(CommandError, match=f"There are no prices for “{region}”, only for ap-"):
        estimate(file, f"--region={region}")


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
@pytest.mark.parametrize("amount", [0.0, 1e15])
def test_every_kind_can_be_billed(kind: Any, amount: float) -> None:
    parts = dict.fromkeys(["invoke", "request", "send", "deliver", "read", "write"], amount)
    meters = Meters(
        offered=parts, passed=parts, called=parts, units=parts, busy_s=amount, bytes_in=amount
    )

    bill = price_bill((("x", usage) for usage in kind().usage(meters)), packaged_facts("us-east-1"))

    assert bill.monthly_usd >= Decimal(0)


def test_it_runs_without_a_database_or_a_variable(file: Path) -> None:
    environment = {"PATH": os.environ["PATH"], "DATABASE_URL": "postgresql://x:x@127.0.0.1:9/x"}
    command = [sys.executable, "manage.py", "estimate", str(file), "--free-tier"]

    done = subprocess.run(
        command, cwd=settings.BASE_DIR, env=environment, capture_output=True, text=True, check=False
    )

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.endswith("$2.73 a month in us-east-1\n")


def test_its_exit_status_tells_wrong_input(tmp_path: Path) -> None:
    file = write(tmp_path / "usage.json", {"items": [{"kind": "mainframe"}]})
    command = [sys.executable, "manage.py", "estimate", str(file)]

    done = subprocess.run(
        command, cwd=settings.BASE_DIR, capture_output=True, text=True, check=False
    )

    assert done.returncode == 2
    assert done.stderr.startswith("CommandError: items[0].kind must be one of ")
    assert "Traceback" not in done.stderr


def test_old_prices_are_named() -> None:
    facts = packaged_facts("us-east-1")
    bill = price_bill([("Fn", Usage("lambda.requests", "Requests", "request", 5.0))], facts)

    for today, old in ((date(2026, 1, 2), []), (date(2030, 1, 1), ["lambda.requests"])):
        body = as_json(bill, facts, free_tier=False, today=today)
        assert [row["fact"] for row in body["old_facts"]] == old
        assert ("Prices older than 180 days" in as_text(bill, facts, today)) is bool(old)
