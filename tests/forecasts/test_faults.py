"""What if it breaks: on the report, on the traffic page, and in the terminal."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from apps.designs.models import Design
from apps.forecasts.models import Scenario
from apps.forecasts.rendering import faults as words
from apps.forecasts.rendering.markdown import as_markdown
from apps.forecasts.rendering.text import WIDTH, as_text
from tests.forecasts.answers import summary as summary_of_shop
from tests.forecasts.test_traffic import UNTOUCHED

DOWN = {"kind": "down", "component": "NotesTable", "at": "20:20:00", "for_s": "600"}
ROW: dict[str, Any] = {
    "kind": "slow",
    "component": "Orders",
    "at": "14:00",
    "until": "14:20",
    "for_s": 1200.0,
    "factor": 5.0,
    "why": ["Orders takes 5 times as long for its own work."],
    "lost": {
        "requests": 12_344.0,
        "share": 0.95,
        "messages": 1.0,
        "entries": [{"component": "Api", "value": 12_344.0, "without": 0.0}],
        "queues": [{"component": "Mails", "value": 1.0, "without": 0.0}],
    },
    "late": {
        "p95_ms": [{"component": "Api", "value": 1900.0, "without": 180.0}],
        "queue_age_s": [{"component": "Mails", "value": 480.0, "without": 2.0}],
    },
    "cold_starts": 12.0,
    "unwell_from": "14:00",
    "well_again_at": "14:21",
    "is_well_by_end": True,
    "unwell_minutes": 21,
    "holds_users": 8200.0,
    "refused_by_quarter": [0.0] * 96,
}


@pytest.fixture
def report(design: Design) -> str:
    return f"/designs/{design.pk}/forecast/"


def kept(design: Design) -> list[dict[str, Any]]:
    faults: list[dict[str, Any]] = Scenario.objects.get(design=design).body["faults"]
    return faults


def page_of(client: Client, url: str) -> str:
    return " ".join(client.get(url).content.decode().split())


def test_sentences_say_lost_late_and_well() -> None:
    assert words.title(ROW) == "Orders is 5 times slower, 14:00 to 14:20"
    assert words.lost(ROW).startswith("12,000 requests at Api, 95% of those that came")
    assert words.lost(ROW).endswith("1 message of Mails")
    assert "Api: p95 1,900 ms instead of 180 ms" in words.late(ROW)
    assert "Mails: messages up to 8 min old" in words.late(ROW)
    assert words.well(ROW) == "At 14:21, after 21 min"
    assert words.holds(ROW, "daily_active") == "About 8,200 daily users"


def test_sentences_of_a_fault_that_does_no_harm() -> None:
    nothing = {"requests": 0.0, "share": 0.0, "messages": 0.0, "entries": [], "queues": []}
    calm = {
        **ROW,
        "lost": nothing,
        "late": {"p95_ms": [], "queue_age_s": []},
        "cold_starts": 0.0,
        "unwell_from": None,
        "holds_users": None,
    }

    assert (words.lost(calm), words.late(calm)) == ("Nothing", "Nothing")
    assert words.well(calm) == "No target is missed"
    assert words.holds(calm, "daily_active") == "No limit met"


def test_day_that_never_comes_back_says_so() -> None:
    assert words.well({**ROW, "is_well_by_end": False}) == "Not by the end of the day"
    assert words.holds({**ROW, "holds_users": 0.0}, "seats") == "At no size"


@pytest.mark.parametrize(
    "kind", ["slow", "down", "zone", "instance", "poison", "cold_fleet", "retry_storm"]
)
@pytest.mark.parametrize("until", ["14:20", None])
def test_every_kind_has_a_title(kind: str, until: str | None) -> None:
    title = words.title({**ROW, "kind": kind, "until": until})

    assert "Orders" in title
    assert "14:00" in title


def test_terminal_and_review_show_the_faults() -> None:
    summary = {**summary_of_shop(), "faults": [ROW]}

    text, markdown = as_text(summary), as_markdown(summary)

    assert "If it breaks    Orders is 5 times slower" in text
    assert max(map(len, text.splitlines())) <= WIDTH
    assert "| Orders is 5 times slower, 14:00 to 14:20 | 12,000 requests at Api" in markdown


def test_plain_day_says_nothing_of_faults() -> None:
    assert "If it breaks" not in as_text({**summary_of_shop(), "faults": []})
    assert "What if it breaks" not in as_markdown(summary_of_shop())


@pytest.mark.django_db
def test_report_offers_questions_to_an_editor_only(
    alice_client: Client, bob_client: Client, report: str
) -> None:
    editor, viewer = page_of(alice_client, report), page_of(bob_client, report)

    assert "A zone is lost for an hour" in editor
    assert "A zone is lost for an hour" not in viewer
    assert "An editor of the team can ask what would happen." in viewer


@pytest.mark.django_db
def test_one_click_asks_and_another_takes_it_back(
    alice_client: Client, design: Design, report: str
) -> None:
    added = alice_client.post(f"/designs/{design.pk}/faults/add/", DOWN)
    page = page_of(alice_client, report)

    assert added["Location"] == f"{report}#faults"
    assert [(f["kind"], f["component"]) for f in kept(design)] == [("down", "NotesTable")]
    assert "NotesTable is down, 20:20 to 20:30" in page
    assert "Recovers" in page

    alice_client.post(f"/designs/{design.pk}/faults/remove/", {"place": "0", "kind": "down"})
    assert kept(design) == []


@pytest.mark.django_db
def test_viewer_and_outsider_add_nothing(
    bob_client: Client, charlie_client: Client, design: Design
) -> None:
    for client in (bob_client, charlie_client):
        assert client.post(f"/designs/{design.pk}/faults/add/", DOWN).status_code == 404
        answer = client.post(f"/designs/{design.pk}/faults/remove/", {"place": "0", "kind": "down"})
        assert answer.status_code == 404
    assert not Scenario.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ({**DOWN, "component": "Nobody"}, "which is no component of this design"),
        ({**DOWN, "kind": "poison"}, "changes nothing at NotesTable"),
        ({**DOWN, "kind": "flood"}, "That fault cannot be added"),
        ({**DOWN, "at": "noon"}, "write a time of day"),
    ],
)
def test_what_cannot_break_is_refused_in_words(
    alice_client: Client, design: Design, report: str, typed: dict[str, str], message: str
) -> None:
    alice_client.post(f"/designs/{design.pk}/faults/add/", typed)

    assert message in page_of(alice_client, report)
    assert not Scenario.objects.exists()


@pytest.mark.django_db
def test_fault_that_somebody_else_removed_is_not_another_one(
    alice_client: Client, design: Design, report: str
) -> None:
    alice_client.post(f"/designs/{design.pk}/faults/add/", DOWN)

    alice_client.post(f"/designs/{design.pk}/faults/remove/", {"place": "0", "kind": "slow"})

    assert len(kept(design)) == 1
    assert "That fault is no longer in the scenario." in page_of(alice_client, report)


@pytest.mark.django_db
def test_traffic_page_adds_a_fault_with_its_help(alice_client: Client, design: Design) -> None:
    url = f"/designs/{design.pk}/traffic/"
    sets = {"faults-TOTAL_FORMS": "0", "faults-INITIAL_FORMS": "0", "revision": "0"}

    page = alice_client.post(url, UNTOUCHED | sets | {"add": "fault-slow"}).content.decode()

    assert "Everything that it does itself takes so many times as long" in page
    assert 'name="faults-0-for_s" value="20"' in page
    assert not Scenario.objects.exists()


@pytest.mark.django_db
def test_traffic_page_keeps_what_breaks(alice_client: Client, design: Design) -> None:
    typed = {
        "revision": "0",
        "faults-TOTAL_FORMS": "1",
        "faults-INITIAL_FORMS": "0",
        "faults-0-kind": "slow",
        "faults-0-component": "NotesTable",
        "faults-0-at": "20:00",
        "faults-0-for_s": "20",
        "faults-0-factor": "8",
    }

    saved = alice_client.post(f"/designs/{design.pk}/traffic/", UNTOUCHED | typed)

    assert saved.status_code == 302
    (fault,) = kept(design)
    assert (fault["kind"], fault["for_s"], fault["factor"]) == ("slow", 1200.0, 8.0)


@pytest.mark.django_db
def test_page_that_does_not_know_of_faults_leaves_them(
    alice_client: Client, design: Design
) -> None:
    alice_client.post(f"/designs/{design.pk}/faults/add/", DOWN)

    alice_client.post(f"/designs/{design.pk}/traffic/", UNTOUCHED | {"revision": "1"})

    assert [fault["kind"] for fault in kept(design)] == ["down"]


@pytest.mark.django_db
def test_traffic_page_refuses_a_fault_without_a_place(alice_client: Client, design: Design) -> None:
    typed = {
        "revision": "0",
        "faults-TOTAL_FORMS": "1",
        "faults-INITIAL_FORMS": "0",
        "faults-0-kind": "down",
        "faults-0-at": "20:00",
        "faults-0-for_s": "20",
    }

    refused = alice_client.post(f"/designs/{design.pk}/traffic/", UNTOUCHED | typed)

    assert refused.status_code == 422
    assert not Scenario.objects.exists()
