from __future__ import annotations

import shutil
import time
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction

from apps.facts.models import ColdStartRow, InstanceClassRow, PriceBook, PriceRow, QuotaRow
from apps.facts.reader import DATA, rows_from

pytestmark = pytest.mark.django_db


def load(directory: Path = DATA) -> str:
    said = StringIO()
    call_command("load_facts", f"--facts={directory}", stdout=said)
    return said.getvalue().strip()


def counts() -> list[int]:
    models = (PriceRow, QuotaRow, InstanceClassRow, ColdStartRow)
    return [model._default_manager.count() for model in models]


def read() -> list[int]:
    rows = rows_from(DATA)
    return [len(each) for each in (rows.prices, rows.quotas, rows.classes, rows.cold_starts)]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the packaged files, to be changed."""
    return Path(shutil.copytree(DATA, tmp_path / "facts"))


def edit(folder: Path, old: str, new: str, file: str = "prices.csv") -> None:
    text = (folder / file).read_text(encoding="utf-8")
    assert old in text
    (folder / file).write_text(text.replace(old, new, 1), encoding="utf-8")


def test_it_loads_one_book_for_each_region() -> None:
    assert load() == "Facts: 13 books loaded, 0 unchanged."

    assert counts() == read()
    regions = set(PriceBook.objects.current().values_list("region", flat=True))
    assert {"us-east-1", "eu-central-1", "edge:EU", "global"} <= regions
    assert len(regions) == 13


def test_running_it_again_changes_nothing_and_is_quick() -> None:
    load()
    before = list(PriceBook.objects.order_by("pk").values())
    start_s = time.perf_counter()

    assert load() == "Facts: 0 books loaded, 13 unchanged."

    assert time.perf_counter() - start_s < 1
    assert list(PriceBook.objects.order_by("pk").values()) == before
    assert counts() == read()


def test_a_new_price_makes_a_new_book_and_keeps_the_old_one(folder: Path) -> None:
    load()
    edit(folder, ",us-east-1,request,0,,0.0000002,", ",us-east-1,request,0,,0.0000003,")

    assert load(folder) == "Facts: 1 books loaded, 12 unchanged."

    old, new = PriceBook.objects.filter(region="us-east-1").order_by("pk")
    assert (old.is_current, new.is_current) == (False, True)
    assert old.prices.get(price_id="lambda.requests").fact().tiers[0].usd * 10**7 == 2
    assert new.prices.get(price_id="lambda.requests").fact().tiers[0].usd * 10**7 == 3


def test_going_back_makes_the_old_book_current_again(folder: Path) -> None:
    load()
    edit(folder, ",us-east-1,request,0,,0.0000002,", ",us-east-1,request,0,,0.0000003,")
    load(folder)

    assert load() == "Facts: 0 books loaded, 13 unchanged."

    old, new = PriceBook.objects.filter(region="us-east-1").order_by("pk")
    assert (old.is_current, new.is_current) == (True, False)


def test_a_book_that_came_from_aws_stays_current() -> None:
    refreshed = PriceBook.objects.create(
        region="us-east-1", source=PriceBook.Source.PRICE_LIST, sha256="f" * 64, is_current=True
    )

    load()

    assert PriceBook.objects.current().get(region="us-east-1") == refreshed


def test_a_wrong_row_changes_nothing_and_says_where(folder: Path) -> None:
    load()
    before = list(PriceBook.objects.order_by("pk").values())
    edit(folder, ",us-east-1,request,0,,0.0000002,", ",us-east-1,request,0,,0.0000003,")
    edit(folder, "Concurrent executions,1000,count", "Concurrent executions,1000,", "quotas.csv")

    with pytest.raises(CommandError, match=r"quotas\.csv, line 2: ") as caught:
        load(folder)

    assert caught.value.returncode == 2
    assert list(PriceBook.objects.order_by("pk").values()) == before


FIRST = ",us-east-1,request,0,,0.0000002,"
NODE = "cache.t4g.micro,536870912,0.5"
# What is wrong: file, a text in it, what stands there instead, line, and the sentence.
WRONG = {
    "no source": (
        "prices.csv",
        "aws.amazon.com/lambda/pricing page copy",
        "",
        2,
        "source is empty",
    ),
    "gap": (
        "prices.csv",
        ",GB-s,0,6000000000,",
        ",GB-s,0,5000000000,",
        7,
        "before ends at 5000000",
    ),
    "overlap": ("prices.csv", ",GB-s,0,6000000000,", ",GB-s,0,7000000000,", 7, "before ends at 7"),
    "not from 0": ("prices.csv", ",GB-s,0,6000000000,", ",GB-s,1,6000000000,", 6, "begins at 1"),
    "unit": ("prices.csv", FIRST, ",us-east-1,dozen,0,,0.0000002,", 2, "unit “dozen” is not known"),
    "region": ("prices.csv", FIRST, ",Virginia,request,0,,0.0000002,", 2, "region is “Virginia”"),
    "edge": ("prices.csv", ",edge:US,", ",edge:UK,", None, "region is “edge:UK”"),
    "negative": ("prices.csv", FIRST, ",us-east-1,request,0,,-0.1,", 2, "from 0 up"),
    "no decimal": (
        "prices.csv",
        FIRST,
        ",us-east-1,request,0,,0x1,",
        2,
        "usd is not a number: “0x1”",
    ),
    "NaN": ("prices.csv", FIRST, ",us-east-1,request,0,,NaN,", 2, "usd is not a number"),
    "underscore": ("prices.csv", FIRST, ",us-east-1,request,0,,1_0,", 2, "usd is not a number"),
    "comma": ("prices.csv", FIRST, ',us-east-1,request,0,,"0,2",', 2, "usd is not a number: “0,2”"),
    "huge": ("prices.csv", FIRST, ",us-east-1,request,0,,1e999999,", 2, "up to 10^18"),
    "twice": (
        "prices.csv",
        ",eu-west-1,request,0,,",
        ",us-east-1,request,0,,",
        3,
        "twice, first in",
    ),
    "no confidence": (
        "prices.csv",
        "page copy,2026,seen",
        "page copy,2026,",
        2,
        "confidence is “”",
    ),
    "confidence": (
        "prices.csv",
        "page copy,2026,seen",
        "page copy,2026,sure",
        2,
        "“sure”; it must",
    ),
    "from memory": ("prices.csv", ",memory,,memory", ",memory,,seen", None, "is not “seen”"),
    "unit elsewhere": (
        "prices.csv",
        ",eu-west-1,request,0,,",
        ",eu-west-1,GB,0,,",
        3,
        "the unit differs from that in line 2",
    ),
    "no value": ("quotas.csv", "executions,1000,count", "executions,,count", 2, "default_value is"),
    "no unit": ("quotas.csv", "executions,1000,count", "executions,1000,", 2, "unit is empty"),
    "unit of a quota": ("quotas.csv", "1000,count", "1000,pieces", 2, "unit “pieces” is not known"),
    "minus": ("quotas.csv", "executions,1000,", "executions,-1000,", 2, "from 0 up, not “-1000”"),
    "no memory": (
        "rds_classes.csv",
        "db.t4g.micro,2,1,",
        "db.t4g.micro,2,,",
        2,
        "memory_gib is not",
    ),
    "memory 0": ("rds_classes.csv", "db.t4g.micro,2,1,", "db.t4g.micro,2,0,", 2, "memory_gib is 0"),
    "no bytes": (
        "elasticache_nodes.csv",
        NODE,
        "cache.t4g.micro,,0.5",
        2,
        "maxmemory_bytes is not",
    ),
    "no vCPU": ("instance_classes.csv", "db.m6g.large,2,8", "db.m6g.large,,8", 2, "vcpu is not"),
    "heading": ("prices.csv", "description,region", "region,region", 1, "without the columns"),
    "two columns": (
        "quotas.csv",
        "quota_id,name",
        "quota_id,quota_id,name",
        1,
        "stands here twice",
    ),
}


@pytest.mark.parametrize(("file", "old", "new", "line", "reason"), WRONG.values(), ids=WRONG)
def test_a_wrong_row_is_refused_with_file_and_line_and_nothing_is_loaded(
    folder: Path, file: str, old: str, new: str, line: int | None, reason: str
) -> None:
    edit(folder, old, new, file)

    with pytest.raises(CommandError) as caught:
        load(folder)

    assert str(caught.value).startswith(f"{file}, line {line or ''}")
    assert reason in str(caught.value)
    assert "\n" not in str(caught.value)
    assert caught.value.returncode == 2
    assert not PriceBook.objects.exists()
    assert counts() == [0, 0, 0, 0]


def test_a_file_with_a_heading_alone_is_refused(folder: Path) -> None:
    (folder / "prices.csv").write_text(
        (DATA / "prices.csv").read_text(encoding="utf-8").splitlines()[0] + "\n", encoding="utf-8"
    )

    with pytest.raises(CommandError, match=r"prices\.csv, line 1: there are no rows"):
        load(folder)


def test_a_folder_is_read_again_each_time(folder: Path) -> None:
    load(folder)
    edit(folder, FIRST, ",us-east-1,request,0,,free,")

    with pytest.raises(CommandError, match=r"prices\.csv, line 2: usd is not a number"):
        load(folder)


def test_what_fails_half_way_leaves_nothing(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    load()
    before = list(PriceBook.objects.order_by("pk").values())
    rows = counts()
    edit(folder, FIRST, ",us-east-1,request,0,,0.0000003,")

    def fail(*_: object) -> None:
        raise IntegrityError("no room")

    monkeypatch.setattr("apps.facts.actions._make_current", fail)
    with pytest.raises(IntegrityError):
        load(folder)

    assert list(PriceBook.objects.order_by("pk").values()) == before
    assert counts() == rows


@pytest.mark.parametrize("command", ["estimate", "forecast"])
def test_commands_without_a_database_refuse_the_same_rows(
    folder: Path, tmp_path: Path, command: str
) -> None:
    edit(folder, FIRST, ",Virginia,request,0,,0.0000002,")
    file = tmp_path / "input.json"
    file.write_text('{"items": [{"kind": "sqs_queue"}], "Resources": {}}', encoding="utf-8")

    with pytest.raises(CommandError, match=r"prices\.csv, line 2: region is “Virginia”") as caught:
        call_command(command, str(file), f"--facts={folder}", *_more(command))

    assert caught.value.returncode == 2


def _more(command: str) -> list[str]:
    return ["--users=10"] if command == "forecast" else []


def test_a_folder_without_facts_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"prices\.csv cannot be read"):
        load(tmp_path)


def test_a_region_has_one_current_book() -> None:
    load()

    with pytest.raises(IntegrityError), transaction.atomic():
        PriceBook.objects.create(region="us-east-1", source="x", sha256="", is_current=True)
