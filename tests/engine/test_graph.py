from __future__ import annotations

import json

import pytest

from apps.engine.graph import Architecture, Component, InvalidArchitecture, Link, Source
from tests.engine.worlds import shop


def test_it_reads_what_it_wrote() -> None:
    design = shop()

    again = Architecture.from_dict(json.loads(json.dumps(design.to_dict())))

    assert again == design


def test_source_says_file_and_line() -> None:
    assert str(Source("template.yaml", 12)) == "template.yaml:12"


def test_two_components_with_one_id_are_refused() -> None:
    twice = (Component(id="A", kind="sqs_queue"), Component(id="A", kind="sqs_queue"))

    with pytest.raises(InvalidArchitecture, match="Two components are called 'A'"):
        Architecture(components=twice)


def test_link_to_nothing_is_refused() -> None:
    with pytest.raises(InvalidArchitecture, match="names 'B', which is no component"):
        Architecture(
            components=(Component(id="A", kind="sqs_queue"),),
            links=(Link(source="A", target="B", role="invoke"),),
        )


def test_the_same_link_twice_is_refused() -> None:
    loop = Link(source="A", target="A", role="send")

    with pytest.raises(InvalidArchitecture, match="is there twice"):
        Architecture(components=(Component(id="A", kind="sqs_queue"),), links=(loop, loop))


@pytest.mark.parametrize("calls", [-1.0, float("inf"), float("nan")])
def test_calls_must_be_a_finite_number(calls: float) -> None:
    with pytest.raises(InvalidArchitecture, match="must be zero or more"):
        Architecture(
            components=(Component(id="A", kind="sqs_queue"),),
            links=(Link(source="A", target="A", role="send", calls=calls),),
        )


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({"schema": "headroom/architecture/9"}, "Expected 'headroom/architecture/1'"),
        ({"schema": "headroom/architecture/1"}, "lacks or mistypes 'components'"),
    ],
)
def test_another_shape_is_refused(data: dict[str, str], message: str) -> None:
    with pytest.raises(InvalidArchitecture, match=message):
        Architecture.from_dict(data)


def test_with_settings_changes_one_component_only() -> None:
    design = shop()

    changed = design.with_settings("Checkout", {"memory_mb": 1024})

    assert changed.component("Checkout").settings == {"memory_mb": 1024}
    assert [c for c in changed if c.id != "Checkout"] == [c for c in design if c.id != "Checkout"]


def test_what_is_not_modelled_stays_in_the_graph() -> None:
    design = Architecture(components=(Component(id="X", kind="not_modelled"),))

    assert [c.id for c in design.not_modelled()] == ["X"]
    assert design.modelled() == ()
