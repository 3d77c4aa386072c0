"""The `ui` library as templates call it."""

from __future__ import annotations

from typing import Any

import pytest
from django.template import Context, Template
from django.test import Client

from tests.ui.styleguide import SettingsForm


def render(source: str, **values: Any) -> str:
    return Template("{% load ui %}" + source).render(Context(values))


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("{{ n|users }}", "412,360"),
        ("{{ n|significant2|users }}", "410,000"),
        ("{{ n|significant3|users }}", "412,000"),
        ("{{ n|compact }}", "412k"),
        ('{{ n|rate:"req/s" }}', "412,360\u00a0req/s"),
        ("{{ n|quantity }}", "412,360"),
        ("{{ n|money }}", "$412,360"),
        ("{{ n|bytes }}", "403\u00a0KiB"),
        ("{{ share|pct }}", "43.6%"),
        ("{{ share|pct:0 }}", "44%"),
        ("{{ 51600|clock }}", "14:20"),
        ("{{ none|significant2|users }}", "no value"),
        ("{{ none|clock }}", "no value"),
    ],
)
def test_filters_write_numbers(source: str, expected: str) -> None:
    assert render(source, n=412_360, share=0.436, none=None) == expected


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("{{ 780|ms|dim_unit }}", '780<span class="unit">\u00a0ms</span>'),
        ("{{ none|ms|dim_unit }}", '<span class="muted">no value</span>'),
        ("{{ 5|users|dim_unit }}", "5"),
        ("{{ 0.0004|pct|dim_unit }}", "&lt;\u00a00.1%"),
    ],
)
def test_units_are_set_in_grey(source: str, expected: str) -> None:
    assert render(source, none=None) == expected


def test_a_panel_holds_its_content() -> None:
    html = render('{% panel "Cost" note=note span="c-5" %}<b>inside</b>{% endpanel %}', note="<i>")

    assert '<section class="panel c-5"' in html
    assert "<h2>Cost</h2>" in html
    assert "&lt;i&gt;" in html
    assert "<b>inside</b>" in html
    assert "<footer>" not in html


def test_a_panel_that_scrolls_can_be_reached_by_keys() -> None:
    html = render('{% panel "Cost" scroll="Costs, scrollable" %}{% endpanel %}')
    assert 'tabindex="0" role="region" aria-label="Costs, scrollable"' in html


def test_content_of_a_note_is_escaped_once() -> None:
    html = render(
        '{% note "limit" sentence %}{{ name }}{% endnote %}', sentence="<b>", name="a & b"
    )

    assert "<b>&lt;b&gt;</b>" in html
    assert "a &amp; b" in html


def test_working_shows_how_far_it_is() -> None:
    html = render('{% progress 0.64 "Minute 922 of 1,440" %}6 s left{% endprogress %}')

    assert 'role="status"' in html
    assert 'width="64.0"' in html


def test_the_list_of_components_is_a_table() -> None:
    node = {"id": "a", "name": "<db>", "kind": "rds_instance", "kind_label": "RDS", "href": "#a"}
    unknown = node | {"id": "b", "modelled": False}

    html = render("{% component_list diagram %}", diagram={"nodes": [node, unknown], "edges": []})

    assert '<a href="#a">&lt;db&gt;</a>' in html
    assert "not modelled" in html


def test_costs_without_a_price_have_no_share() -> None:
    html = render("{% hbars rows %}", rows=[{"name": "NAT", "usd": None}, {"name": "DB", "usd": 9}])

    assert "no value" in html
    assert "100%" in html


def test_headroom_rows_mark_the_first_limit() -> None:
    rows = [{"name": "db", "detail": "349 of 800", "use": 0.436, "holds": 412_000, "first": True}]

    html = render("{% headroom rows %}", rows=rows)

    assert 'aria-label="db: 43.6% of limit"' in html
    assert '<span class="n limit-t b">412,000</span>' in html


def test_tabs_name_their_count_and_the_current_page() -> None:
    tabs = [
        {"label": "Review", "href": "/r/", "count": 7, "count_label": "open findings"},
        {"label": "Live", "href": "/l/", "current": True, "count": 0},
    ]

    html = render("{% tabs tabs %}", tabs=tabs)

    assert '7<span class="sr"> open findings</span>' in html
    assert '<a href="/l/" aria-current="page">Live</a>' in html


def test_a_field_has_label_unit_error_and_hint() -> None:
    html = render("{{ form }}", form=SettingsForm({"storage": "-4"}))

    assert '<label for="id_storage">Storage</label>' in html
    assert "<i>GiB</i></span>" in html
    assert 'aria-invalid="true"' in html
    assert 'aria-describedby="id_storage_helptext id_storage_error"' in html
    assert '<div id="id_storage_error">' in html
    assert '<div class="hint" id="id_storage_helptext">20 to 65,536</div>' in html


def test_a_checkbox_is_a_switch_and_choices_are_a_group() -> None:
    html = render("{{ form }}", form=SettingsForm())

    assert '<label class="sw" for="id_standby"><input type="checkbox"' in html
    assert '<fieldset class="field choices"' in html
    assert '<span class="optional">(optional)</span>' in html


@pytest.mark.urls("tests.ui.styleguide")
def test_the_styleguide_needs_no_exception_in_the_policy(db: None, client: Client) -> None:
    response = client.get("/styleguide/")

    html = response.content.decode()
    assert response.status_code == 200
    assert " style=" not in html
    assert "<style" not in html
    assert " onclick" not in html
    assert html.count("<h1") == 1
    assert "unsafe" not in response["Content-Security-Policy"]
