"""Templates rewritten so that they mean the same give the same graph up to names."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from apps.engine import formats
from tests.engine.formats.metamorphosis import (
    Renaming,
    Template,
    fingerprint,
    read,
    reordered,
    spliced,
    with_globals,
    without_globals,
)
from tests.engine.formats.translation import plain

FOLDER = Path(__file__).parent / "cloudformation"
NAME = "template.yaml"
EVENTS = plain("sam_events.yaml", (FOLDER / "sam_events.yaml").read_text())


def one_of_each() -> Template:
    return plain(NAME, (FOLDER / "one_of_each.yaml").read_text())


def every_event() -> Template:
    """Return a template with a function for each event of SAM, in each form."""
    functions = {
        f"On{number}": {
            "Type": "AWS::Serverless::Function",
            "Properties": {"Timeout": 7, "MemorySize": 512, "Events": {"E": event}},
        }
        for number, event in enumerate(EVENTS["events"])
    }
    return {"Resources": {**functions, **EVENTS["resources"]}}


TEMPLATES = pytest.mark.parametrize(
    "template", [one_of_each(), every_event()], ids=["one of each kind", "every event"]
)


@TEMPLATES
def test_json_and_yaml_and_another_order_change_nothing(template: Template) -> None:
    expected = fingerprint(read(NAME, template, {}))

    assert expected[0]
    assert expected[1]
    text = yaml.safe_dump(template, sort_keys=False).encode()
    assert fingerprint(formats.read({NAME: text})) == expected
    assert fingerprint(read(NAME, reordered(template), {})) == expected


@TEMPLATES
def test_what_moves_to_globals_and_back_changes_nothing(template: Template) -> None:
    expected = fingerprint(read(NAME, template, {}))

    moved = with_globals(template)

    assert fingerprint(read(NAME, moved, {})) == expected
    assert fingerprint(read(NAME, without_globals(moved), {})) == expected


@TEMPLATES
@pytest.mark.parametrize("form", ["Thing{0}X", "{1}Renamed"])
def test_other_ids_change_nothing_but_names(template: Template, form: str) -> None:
    renaming = Renaming(template, form)

    renamed = read(NAME, renaming.template(template), {})

    assert fingerprint(renamed) == fingerprint(read(NAME, template, {}), renaming.id)


SHOP = """
Resources:
  Sell: {Type: 'AWS::Serverless::Function', Properties: {Policies: [AmazonDynamoDBFullAccess],
    Environment: {Variables: {STOCK: !Ref Stock}}}}
  Stock: {Type: 'AWS::DynamoDB::Table'}
"""
BANK = """
Resources:
  Pay: {Type: 'AWS::Serverless::Function', Properties: {Policies: [AmazonDynamoDBFullAccess]}}
"""


def test_two_systems_in_one_template_do_not_know_each_other() -> None:
    shop, bank = plain(NAME, SHOP), plain(NAME, BANK)
    alone = [fingerprint(read(NAME, template, {})) for template in (shop, bank)]

    both = fingerprint(read(NAME, spliced(shop, bank), {}))

    assert both == (sorted(alone[0][0] + alone[1][0]), sorted(alone[0][1] + alone[1][1]))
