"""The forms of a forecast that are files: a page, SARIF for a forge, the diagram."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import xml.etree.ElementTree as ET
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from apps.designs.comparing import Change
from apps.engine.forecast import forecast, summary_of
from apps.engine.graph import Architecture, Component, Source
from apps.engine.traffic.scenario import Population, Scenario
from apps.facts.reader import packaged_facts
from apps.forecasts.baseline import Baseline
from apps.forecasts.rendering.forms import Told, written
from apps.forecasts.rendering.page import as_picture
from apps.forecasts.rendering.parts import diagram_style
from apps.forecasts.template_files import read_paths

ROOT = Path(__file__).resolve().parents[2]
SHOP = ROOT / "apps/forecasts/demo/crud-service.yaml"


@pytest.fixture(scope="module")
def told() -> Told:
    """More users than the demo holds, so that limits and targets have something to say."""
    design = read_paths([SHOP])
    scenario = Scenario(population=Population(value=50_000.0))
    facts = packaged_facts("us-east-1")
    return Told(
        summary=summary_of(forecast(design, scenario, facts)),
        architecture=design,
        name="crud",
        files=("crud-service.yaml",),
    )


class Page(HTMLParser):
    """What a page refers to, and what runs in it."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.addresses: list[str] = []
        self.handlers: list[str] = []
        self.ids: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        for name, value in attrs:
            if name in ("src", "href", "action", "data", "srcset", "poster"):
                self.addresses.append(value or "")
            if name.startswith(("on", "hx-")) or name == "style":
                self.handlers.append(name)
            if name == "id":
                self.ids.add(value or "")


def test_page_stands_alone_and_runs_nothing(told: Told) -> None:
    text = written(told, "html")
    page = Page(text)

    assert not {"script", "link", "iframe", "form", "button", "input"} & set(page.tags)
    assert page.handlers == []
    outside = [a for a in page.addresses if not a.startswith(("data:image/svg+xml", "#"))]
    # Pages of AWS and their like may be followed; nothing is fetched from them.
    assert all(a.startswith("https://docs.aws.amazon.com/") for a in outside), outside
    assert {a[1:] for a in page.addresses if a.startswith("#")} <= page.ids
    assert "url(" not in text.partition("</style>")[0]


def test_page_has_a_policy_that_names_its_own_style(told: Told) -> None:
    text = written(told, "html")

    style = re.search(r"<style>(.*?)</style>", text, re.S)
    assert style
    digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', text)
    assert policy
    assert policy[1] == f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:"
    assert "light-dark(" in style[1]
    assert "prefers-color-scheme" in style[1] or 'name="color-scheme"' in text


def test_page_says_what_the_report_says(told: Told) -> None:
    text = written(told, "html")

    for words in ("write capacity", "The bill, line by line", "From 1,000 to 10 million",
                  "What the verdict cannot see", "NotesTable", 'class="graph'):  # fmt: skip
        assert words in text
    assert "Arrow keys" not in text


def test_names_in_files_are_text(told: Told) -> None:
    name = "</style><script>alert(1)</script>\x00"
    components = tuple(
        Component(id=c.id, kind=c.kind, name=name, settings=c.settings, source=c.source)
        for c in told.architecture
    )
    design = Architecture(components=components, links=told.architecture.links)
    other = Told(summary=told.summary, architecture=design, name=name)

    assert "<script" not in written(other, "html")
    picture = as_picture(design, told.summary)
    assert "<script" not in picture
    ET.fromstring(picture)


def test_picture_is_a_file_of_its_own_in_both_themes(told: Told) -> None:
    picture = as_picture(told.architecture, told.summary)
    root = ET.fromstring(picture)

    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert float(root.attrib["width"]) > 0
    addresses = [
        value
        for node in root.iter()
        for name, value in node.attrib.items()
        if name.rpartition("}")[2] in ("href", "src")
    ]
    assert addresses
    assert all(value.startswith("data:image/svg+xml;base64,") for value in addresses)
    style = diagram_style()
    assert "var(" not in style
    assert "light-dark(" not in style
    assert "@media (prefers-color-scheme:dark){" in style
    assert "First limit" in picture


def test_picture_of_a_design_without_a_forecast(told: Told) -> None:
    picture = as_picture(told.architecture)

    assert "NotesTable" in picture
    assert "First limit" not in picture


def sarif(told: Told) -> dict[str, Any]:
    body: dict[str, Any] = json.loads(written(told, "sarif"))
    return body


def test_sarif_has_the_fields_that_the_schema_requires(told: Told) -> None:
    body = sarif(told)

    assert body["version"] == "2.1.0"
    assert body["$schema"].endswith("sarif-2.1.0.json")
    (run,) = body["runs"]
    driver = run["tool"]["driver"]
    assert driver["name"] == "Headroom"
    ids = [rule["id"] for rule in driver["rules"]]
    assert len(set(ids)) == len(ids) > 0
    for rule in driver["rules"]:
        assert rule["shortDescription"]["text"]
        assert rule["defaultConfiguration"]["level"] in ("none", "note", "warning", "error")
    for result in run["results"]:
        assert result["message"]["text"]
        assert ids[result["ruleIndex"]] == result["ruleId"]
        assert result["level"] in ("none", "note", "warning", "error")
        (place,) = result["locations"]
        physical = place["physicalLocation"]
        uri = physical["artifactLocation"]["uri"]
        assert uri
        assert not re.search(r"[\s\\]", uri)
        assert physical["artifactLocation"]["uriBaseId"] in run["originalUriBaseIds"]
        assert physical["region"]["startLine"] >= 1


def test_sarif_shows_what_the_users_asked_for_meet(told: Told) -> None:
    results = sarif(told)["runs"][0]["results"]

    first = told.summary["first_limit"]
    met = [row for row in told.summary["next_limits"] if row["holds_users"] < 50_000]
    assert results[0]["ruleId"] == first["limit"] == "dynamodb.provisioned_wcu"
    assert results[0]["level"] == "error"
    assert len(results) == 1 + len(met)
    line = 1 + SHOP.read_text().splitlines().index("  NotesTable:")
    assert results[0]["locations"][0]["physicalLocation"]["region"]["startLine"] == line


def test_sarif_of_what_fits_is_a_note(told: Told) -> None:
    held = told.summary["holds_users"]["expected"]
    fits = {**told.summary, "asked_users": held / 2, "headroom": {"expected": 2.0}}

    (result, *others) = sarif(
        Told(summary=fits, architecture=told.architecture, files=("a.yaml",))
    )["runs"][0]["results"]

    assert result["level"] == "note"
    assert others == []


def test_sarif_of_missed_targets_and_of_what_no_template_defines(told: Told) -> None:
    missed = {"component": "account:us-east-1", "target": "p95_ms", "label": "p95",
              "value": 4000.0, "allowed": 1000.0, "unit": "ms", "effect": "waits"}  # fmt: skip
    body = {**told.summary, "missed_targets": [missed], "first_limit": None, "next_limits": []}

    (result,) = sarif(
        Told(summary=body, architecture=told.architecture, files=("folder/my template.yaml",))
    )["runs"][0]["results"]

    assert (result["ruleId"], result["level"]) == ("p95_ms", "error")
    place = result["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "folder/my%20template.yaml"
    assert place["region"]["startLine"] == 1


def test_sarif_never_points_at_a_folder(told: Told) -> None:
    first = {**told.summary["first_limit"], "component": "account:us-east-1"}
    body = {**told.summary, "first_limit": first, "next_limits": []}

    (result,) = sarif(Told(summary=body, architecture=told.architecture, files=("infra",)))["runs"][
        0
    ]["results"]

    uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert uri.endswith("crud-service.yaml")


def test_page_with_a_baseline_shows_before_and_after(told: Told) -> None:
    before = {**told.summary, "cost": {**told.summary["cost"], "monthly_usd": 1.0, "lines": []}}
    changed = Component(id="NotesTable", kind="dynamodb_table", settings={"write_capacity": 99})
    others = tuple(c for c in told.architecture if c.id != "NotesTable")
    design = Architecture(components=(*others, changed), links=told.architecture.links)
    baseline = Baseline(name="old.yaml", summary=before, design=design)
    both = Told(summary=told.summary, architecture=told.architecture, baseline=baseline)

    text = written(both, "html")

    assert "Before and after" in text
    assert "old.yaml" in text
    assert "NotesTable: Write capacity 99" in text
    assert all(isinstance(change, Change) for change in both.changes or ())


def test_places_name_the_file_alone(told: Told) -> None:
    part = Component(id="A", kind="sqs_queue", source=Source("/somewhere/a.yaml", 3))

    places = Told(summary=told.summary, architecture=Architecture(components=(part,))).places

    assert places == {"A": "a.yaml:3"}
