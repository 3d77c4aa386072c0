from __future__ import annotations

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from pytest_django import Settings

from apps.designs.models import Design
from apps.forecasts.models import Forecast

pytestmark = [pytest.mark.django_db, pytest.mark.main_job]


@pytest.fixture(autouse=True)
def _at_home(settings: Settings) -> None:
    settings.IS_HOME = True


def test_it_makes_four_designs_with_their_verdicts(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("load_demo")

    names = Design.objects.order_by("name").values_list("name", flat=True)
    assert list(names) == ["CRUD service", "Event pipeline", "Headroom itself", "Web shop"]
    assert Forecast.objects.filter(state="done").count() == 4
    assert "Sign in as demo@example.com / demo-headroom" in capsys.readouterr().out


def test_it_changes_nothing_the_second_time() -> None:
    call_command("load_demo")
    before = list(Design.objects.order_by("pk").values_list("pk", "head"))

    call_command("load_demo")

    assert list(Design.objects.order_by("pk").values_list("pk", "head")) == before


def test_its_person_can_sign_in() -> None:
    call_command("load_demo")

    assert Client().login(email="demo@example.com", password="demo-headroom")


def test_it_is_for_a_home_only(settings: Settings) -> None:
    settings.IS_HOME = False

    with pytest.raises(CommandError, match="for a home only"):
        call_command("load_demo")
