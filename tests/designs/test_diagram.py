from __future__ import annotations

from apps.designs.diagram import diagram_of
from apps.engine.catalog import KINDS
from apps.engine.graph import Architecture, Component, Link
from project.ui.components import diagram_of as read_diagram

ARCHITECTURE = Architecture(
    components=(
        Component(id="Work", kind="lambda_function", name="worker"),
        Component(id="Mails", kind="sqs_queue"),
        Component(id="Bus", kind="not_modelled", settings={"type": "AWS::MSK::Cluster"}),
    ),
    links=(Link(source="Work", target="Mails", role="send", mode="async"),),
)


def test_it_names_nodes_as_the_team_does() -> None:
    nodes = diagram_of(ARCHITECTURE, KINDS, href=lambda id_: f"?component={id_}")["nodes"]

    assert [(node["name"], node["kind_label"], node["href"]) for node in nodes] == [
        ("worker", "Lambda function", "?component=Work"),
        ("Mails", "SQS queue", "?component=Mails"),
        ("Bus", "MSK Cluster", "?component=Bus"),
    ]
    assert [node["modelled"] for node in nodes] == [True, True, False]


def test_it_shows_use_rate_and_the_first_limit() -> None:
    diagram = diagram_of(
        ARCHITECTURE,
        KINDS,
        uses={"Work": (0.43, "concurrency")},
        rates={("Work", "Mails", "send"): 12.0},
        first_limit="Work",
        selected="Mails",
        href=str,
    )

    shown = read_diagram(diagram)
    work, mails, _ = shown.nodes
    assert (work.use, work.limit_label, work.first_limit) == (0.43, "concurrency", True)
    assert (mails.use, mails.selected) == (None, True)
    assert (shown.edges[0].mode, shown.edges[0].rate_per_s) == ("async", 12.0)
