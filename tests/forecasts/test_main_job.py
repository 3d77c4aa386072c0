"""The whole road on each database: a template in, a verdict out."""

from __future__ import annotations

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from apps.accounts.models import Team
from apps.designs.models import Design
from apps.forecasts.models import Forecast
from tests.forecasts.conftest import TEMPLATE
from tests.forecasts.test_traffic import UNTOUCHED

pytestmark = [pytest.mark.django_db, pytest.mark.main_job]


def test_upload_scenario_forecast(alice_client: Client, team: Team) -> None:
    template = SimpleUploadedFile("notes.yaml", TEMPLATE)

    uploaded = alice_client.post(
        "/designs/new/", {"team": str(team.pk), "name": "Notes", "template": template}
    )
    design = Design.objects.get()
    assert uploaded["Location"] == f"/designs/{design.pk}/traffic/"

    saved = alice_client.post(uploaded["Location"], UNTOUCHED | {"users": "20000"})
    assert saved["Location"] == f"/designs/{design.pk}/forecast/"

    report = alice_client.get(saved["Location"]).content.decode()
    forecast = Forecast.objects.get()
    assert re.search(r"Holds\s+about", report)
    assert "daily users" in report
    assert "NotesTable" in report
    assert forecast.version == design.latest()
    assert forecast.summary["asked_users"] == 20_000

    front = alice_client.get("/").content.decode()
    assert "20,000 asked" in front


def test_a_measured_value_moves_the_verdict(alice_client: Client, design: Design) -> None:
    report = f"/designs/{design.pk}/forecast/"
    alice_client.get(report)
    twice = {"owner": "Notes → NotesTable (write)", "name": "calls", "value": "2"}

    alice_client.post(f"/designs/{design.pk}/assumptions/", twice)
    alice_client.get(report)

    before, after = Forecast.objects.order_by("asked_at").values_list("holds_users", flat=True)
    assert before
    assert after == pytest.approx(before / 2, rel=0.05)
