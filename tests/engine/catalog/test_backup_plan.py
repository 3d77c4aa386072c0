"""Backup plan: copies of what the stores of a design hold."""

from __future__ import annotations

import pytest

from apps.engine.catalog.backup_plan import PLAN, SELECTION, BackupPlan
from apps.engine.catalog.base import InvalidSetting, Meters
from tests.engine.catalog.billing import billed
from tests.engine.catalog.building import US, make_kind, make_place, read_template, usage_of

DESIGN = {"dynamodb_table.gb": 10.0, "s3_bucket.gb": 100.0, "requests": 1e6}


def test_a_copy_is_whole_and_the_later_ones_hold_what_changed() -> None:
    # prices.csv: backup.ddb_warm_gb_month 0.1, backup.s3_warm_gb_month 0.05.
    plan = BackupPlan(kept_days=31)

    lines = usage_of(plan, Meters(design=DESIGN, values={"daily_change_share": 0.02}))

    assert lines["backup.ddb_warm_gb_month"].quantity == pytest.approx(10 * (1 + 0.02 * 30))
    assert lines["backup.s3_warm_gb_month"].quantity == pytest.approx(100 * 1.6)


def test_a_selection_of_one_service_copies_that_alone() -> None:
    lines = usage_of(BackupPlan(selected="dynamodb"), Meters(design=DESIGN))

    assert set(lines) == {"backup.ddb_warm_gb_month"}


def test_it_starts_nothing_and_holds_nothing_back() -> None:
    plan = BackupPlan()

    assert plan.stages(US, make_place(plan)) == ()
    assert BackupPlan.ENTRY == ""
    assert plan.usage(Meters()) == ()


def test_it_reads_a_template() -> None:
    def rule(days: int | None) -> dict[str, object]:
        return {"Lifecycle": {} if days is None else {"DeleteAfterDays": days}}

    def kept(*days: int | None) -> dict[str, object]:
        rules = {"BackupPlan": {"BackupPlanRule": [rule(d) for d in days]}}
        return read_template(BackupPlan, PLAN, rules)

    def selected(*resources: str) -> dict[str, object]:
        chosen = {"BackupSelection": {"Resources": list(resources)}}
        return read_template(BackupPlan, SELECTION, chosen)

    assert kept(7, 35) == {"kept_days": 35}
    assert kept(7, None) == {"kept_days": None}
    assert selected("arn:aws:dynamodb:*:*:table/*") == {"selected": "dynamodb"}
    assert selected("arn:aws:dynamodb:*:*:table/*", "${Bucket.Arn}") == {"selected": "all"}
    with pytest.raises(InvalidSetting, match="What is copied must be one of all"):
        make_kind("backup_plan", selected="ec2")


def test_a_vault_is_billed_for_what_a_usage_file_says() -> None:
    usage = {"monthly_efs_warm_backup_gb": 600, "monthly_dynamodb_restore_gb": 10}

    assert billed("aws_backup_vault", {}, usage) == {
        "backup.efs_warm_gb_month": 600,
        "backup.ddb_restore_gb": 10,
    }
