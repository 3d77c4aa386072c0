from __future__ import annotations

from dataclasses import replace

import pytest

from apps.designs.comparing import difference, merged
from apps.engine.graph import Architecture, Component, Link, Source

BASE = Architecture(
    components=(
        Component(id="Api", kind="http_api"),
        Component(id="Work", kind="lambda_function", settings={"memory_mb": 512}),
        Component(id="Mails", kind="sqs_queue", name="mails"),
    ),
    links=(Link(source="Api", target="Work", role="invoke"),),
)
MORE = BASE.with_settings("Work", {"memory_mb": 1024})
MB, S = "\N{NO-BREAK SPACE}MB", "\N{NO-BREAK SPACE}s"


def without_mails(architecture: Architecture) -> Architecture:
    kept = tuple(part for part in architecture if part.id != "Mails")
    return replace(architecture, components=kept)


@pytest.mark.parametrize(
    ("after", "sentences"),
    [
        (BASE, []),
        (MORE, [f"Work: Memory 512{MB} → 1,024{MB}"]),
        (BASE.with_settings("Work", {}), [f"Work: Memory 512{MB} → 128{MB}"]),
        (
            BASE.with_settings("Work", {"memory_mb": 512, "is_in_vpc": True}),
            ["Work: Runs in a VPC off → on"],
        ),
        (BASE.with_settings("Work", {"memory_mb": 512, "timeout_s": 3.0}), []),
        (
            BASE.with_settings("Mails", {"max_receive_count": 5, "visibility_timeout_s": 90.0}),
            [
                "mails: Receives before the dead-letter queue not set → 5",
                f"mails: Visibility timeout 30{S} → 90{S}",
            ],
        ),
        (without_mails(BASE), ["mails removed"]),
        (replace(BASE, links=()), ["Api → Work (invoke) disconnected"]),
        (
            replace(BASE, links=(replace(BASE.links[0], calls=2.0),)),
            ["Api → Work (invoke) changed"],
        ),
        (replace(BASE, links=(replace(BASE.links[0], origin="drawn"),)), []),
    ],
)
def test_difference_says_what_changed(after: Architecture, sentences: list[str]) -> None:
    assert difference(BASE, after) == sentences


def test_difference_names_a_new_kind_and_a_new_name() -> None:
    other = Component(id="Mails", kind="sns_topic", name="mails")
    renamed = Component(id="Mails", kind="sqs_queue", name="post")
    parts = BASE.components[:2]

    kind = difference(BASE, replace(BASE, components=(*parts, other)))
    name = difference(BASE, replace(BASE, components=(*parts, renamed)))

    assert kind == ["mails: SQS queue → SNS topic"]
    assert name == ["mails is called post"]


def test_moved_lines_are_no_difference() -> None:
    moved = replace(BASE.components[0], source=Source("t.yaml", 9))

    assert difference(BASE, replace(BASE, components=(moved, *BASE.components[1:]))) == []


def test_changes_of_different_parts_are_merged() -> None:
    both = merged(BASE, MORE, without_mails(BASE))

    assert both is not None
    assert {part.id for part in both} == {"Api", "Work"}
    assert both.component("Work").settings == {"memory_mb": 1024}


def test_same_change_twice_is_no_conflict() -> None:
    assert merged(BASE, MORE, MORE) == MORE


@pytest.mark.parametrize(
    ("mine", "theirs"),
    [
        (MORE, BASE.with_settings("Work", {"memory_mb": 2048})),
        (BASE.with_settings("Mails", {"is_fifo": True}), without_mails(BASE)),
        (without_mails(BASE), BASE.with_settings("Mails", {"is_fifo": True})),
        (
            replace(BASE, links=(*BASE.links, Link(source="Work", target="Mails", role="send"))),
            without_mails(BASE),
        ),
    ],
    ids=["same setting", "changed and removed", "removed and changed", "connected and removed"],
)
def test_changes_of_the_same_part_are_not_merged(mine: Architecture, theirs: Architecture) -> None:
    assert merged(BASE, mine, theirs) is None
