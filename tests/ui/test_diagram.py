from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from project.ui.components import component_rows, diagram_of, merged
from project.ui.diagram import draw

SVG = "{http://www.w3.org/2000/svg}"


def node(id_: str, **more: object) -> dict[str, Any]:
    return {
        "id": id_,
        "name": f"{id_}-name",
        "kind": "lambda_function",
        "kind_label": "Lambda",
        "href": f"?component={id_}",
    } | more


def edge(source: str, target: str, **more: object) -> dict[str, Any]:
    return {"source": source, "target": target} | more


def picture(*nodes: dict[str, Any], edges: list[dict[str, Any]], **more: str) -> str:
    return draw(diagram_of({"nodes": nodes, "edges": edges} | more))


def test_it_draws_each_component_as_a_link() -> None:
    svg = picture(node("a"), node("b"), edges=[edge("a", "b")])

    assert re.findall(r'<a class="node" href="([^"]+)"', svg) == ["?component=a", "?component=b"]


def test_a_component_says_its_use_in_words_and_as_a_bar() -> None:
    svg = picture(node("db", use=0.436, limit_label="connections", first_limit=True), edges=[])

    assert 'aria-label="db-name, Lambda, 43.6 percent of connections limit at peak, first' in svg
    assert '<rect class="u-ok" x="10" y="46" width="49.7"' in svg
    assert ">43.6%</text>" in svg
    assert ">First limit</text>" in svg


def test_above_the_limit_the_bar_is_full_and_the_figure_real() -> None:
    svg = picture(node("db", use=2.18), edges=[])

    assert '<rect class="u-limit" x="10" y="46" width="114"' in svg
    assert ">218%</text>" in svg


def test_what_is_not_modelled_is_dashed_and_says_so() -> None:
    svg = picture(node("waf", modelled=False), edges=[])

    assert 'class="node unknown"' in svg
    assert ">not modelled</text>" in svg
    assert 'class="track"' not in svg


def test_what_has_no_value_says_so() -> None:
    assert ">no value</text>" in picture(node("a"), edges=[])


def test_edges_show_mode_and_rate() -> None:
    svg = picture(node("a"), node("b"), edges=[edge("a", "b", mode="async", rate_per_s=1640)])

    assert '<g class="edge async">' in svg
    assert ">1.6k/s</text>" in svg


def test_edges_of_the_selected_component_stand_out() -> None:
    svg = picture(
        node("a"), node("b", selected=True), node("c"), edges=[edge("a", "b"), edge("a", "c")]
    )

    assert svg.count('<g class="edge sync hot">') == 1
    assert svg.count('<g class="edge sync">') == 1


def test_users_are_a_pill_where_they_call_something() -> None:
    calls = [edge("users", "a", rate_per_s=10)]

    svg = picture(node("a"), edges=calls, users_label="180k users/day", users_href="/traffic/")

    assert 'href="/traffic/"' in svg
    assert ">180k</text>" in svg
    assert ">users/day</text>" in svg


def test_without_a_label_the_users_are_not_drawn() -> None:
    svg = picture(node("a"), edges=[edge("users", "a")])
    assert "edge sync" not in svg


def test_arrow_keys_find_the_busiest_callee_first() -> None:
    svg = picture(
        node("a"),
        node("b"),
        node("c"),
        edges=[edge("a", "b", rate_per_s=1), edge("a", "c", rate_per_s=9)],
    )
    assert 'data-id="0" data-layer="0" data-y="91" data-out="2 1" data-in=""' in svg


def test_a_component_that_calls_itself_gets_a_bow() -> None:
    svg = picture(node("a"), edges=[edge("a", "a")])
    assert svg.count('class="edge') == 1


def test_calls_of_one_pair_are_one_edge() -> None:
    diagram = diagram_of(
        {
            "nodes": [node("a"), node("b")],
            "edges": [
                edge("a", "b", mode="async", rate_per_s=2),
                edge("a", "b", mode="sync", rate_per_s=3),
                edge("a", "b", mode="stream"),
            ],
        }
    )

    (one,) = merged(diagram.edges)

    assert (one.mode, one.rate_per_s) == ("sync", 5)


@given(st.text(min_size=1), st.text(min_size=1))
def test_names_cannot_break_out_of_the_picture(name: str, kind: str) -> None:
    svg = picture(node("a", name=f"<script>{name}", kind=kind, kind_label=kind), edges=[])

    assert "<script>" not in svg


def test_the_picture_is_well_formed_and_has_no_style() -> None:
    names = ["</svg><script>", "a & b", '"quoted"', "plain"]
    nodes = [node(str(place), name=name, use=0.7) for place, name in enumerate(names)]
    edges = [edge("0", "1"), edge("1", "2"), edge("2", "0"), edge("0", "3")]

    svg = picture(*nodes, edges=edges)

    root = ElementTree.fromstring(svg.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" '))
    titles = [title.text for title in root.iter(f"{SVG}title")]
    assert sorted(filter(None, titles)) == sorted(names)
    assert len([one for one in root.iter(f"{SVG}g") if "edge" in one.get("class", "")]) == 4
    assert not [one for one in root.iter() if one.get("style")]


@dataclass(frozen=True)
class OwnNode:
    id: str
    name: str
    kind: str
    kind_label: str
    href: str
    use: float


def test_dataclasses_of_a_page_will_do() -> None:
    own = OwnNode("a", "own", "sqs_queue", "SQS standard", "#", 0.5)
    assert ">50.0%</text>" in draw(diagram_of({"nodes": [own], "edges": []}))


def test_an_unknown_field_is_refused() -> None:
    with pytest.raises(TypeError, match="usage"):
        diagram_of({"nodes": [node("a", usage=0.5)], "edges": []})


def test_the_list_names_callers_and_callees_the_tightest_first() -> None:
    diagram = diagram_of(
        {
            "nodes": [node("a", use=0.1), node("b", use=0.5), node("c")],
            "edges": [edge("users", "a"), edge("a", "b"), edge("a", "c")],
        }
    )

    rows = component_rows(diagram)

    assert [row.node.id for row in rows] == ["b", "a", "c"]
    assert rows[1].callers == ("users",)
    assert rows[1].callees == ("b-name", "c-name")
