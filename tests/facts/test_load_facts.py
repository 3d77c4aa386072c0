from __future__ import annotations

import shutil
import time
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction

from apps.facts.models import ColdStartRow, InstanceClassRow, PriceBook, PriceRow, QuotaRow
from apps.facts.reader import DATA

pytestmark = pytest.mark.django_db


def load(directory: Path = DATA) -> str:
    said = StringIO()
    call_command("load_facts", f"--facts={directory}", stdout=said)
    return said.getvalue().strip()


def counts() -> list[int]:
    models = (PriceRow, QuotaRow, InstanceClassRow, ColdStartRow)
    return [model._default_manager.count() for model in models]


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

    assert counts() == [617, 433, 88, 155]
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
    assert counts() == [617, 433, 88, 155]


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


def test_a_folder_without_facts_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"prices\.csv cannot be read"):
        load(tmp_path)


def test_a_region_has_one_current_book() -> None:
    load()

    with pytest.raises(IntegrityError), transaction.atomic():
        PriceBook.objects.create(region="us-east-1", source="x", sha256="", is_current=True)
