"""Templates of other people, rewritten so that they mean the same, give the same graph."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
import yaml

from apps.engine import formats
from tests.engine.formats.metamorphosis import (
    Files,
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
from tests.exam.templates import beside, needs_corpus, templates

pytestmark = needs_corpus
ALL = templates()
IDS = [path.stem for path in ALL]
# Of two templates in one: what names nothing finds more to mean, which nothing else uses.
AMBIGUOUS = {
    # Everything of S3, with one bucket that no code of the other template uses.
    ("kds-kdf-opensearch", "qbusiness-s3-lambda"),
    # Any function, with one of the other template that hangs together with nothing.
    ("lambda-esm-rabbitmq-filters-sam", "sfn-lambda-function-crossaccount"),
    ("lambda-microvms-from-ecr", "sfn-lambda-function-crossaccount"),
    ("sfn-log-export", "apigw-lambda-healthscribe-sam"),
    # The account's bus, which only the other template listens on.
    ("guardduty-malware-s3", "eventbridge-webhooks"),
    # Both name their stream alike, so that they cannot stand in one account.
    ("lambda-kinesis-lambda", "lambda-kinesis-lambda-js"),
}


class Given(NamedTuple):
    """A template as plain values, and the files beside it."""

    name: str
    template: Template
    others: Files


def given(path: Path) -> Given:
    others = beside(path)
    template = plain(path.name, others.pop(path.name).decode())
    return Given(path.name, template, others)


@pytest.mark.parametrize("path", ALL, ids=IDS)
def test_json_and_long_yaml_and_another_order_change_nothing(path: Path) -> None:
    name, template, others = given(path)
    expected = fingerprint(formats.read(beside(path)))

    assert fingerprint(read(name, template, others)) == expected
    long_yaml = yaml.safe_dump(template, sort_keys=False).encode()
    assert fingerprint(formats.read({**others, name: long_yaml})) == expected
    assert fingerprint(read(name, reordered(template), others)) == expected


@pytest.mark.parametrize("path", ALL, ids=IDS)
def test_what_moves_to_globals_and_back_changes_nothing(path: Path) -> None:
    name, template, others = given(path)
    expected = fingerprint(formats.read(beside(path)))

    assert fingerprint(read(name, with_globals(template), others)) == expected
    if "Api" not in json.dumps(template.get("Globals", {})):  # An API that SAM makes has no own.
        assert fingerprint(read(name, without_globals(template), others)) == expected


@pytest.mark.parametrize("form", ["Thing{0}X", "Z{0}A", "{1}Renamed"])
@pytest.mark.parametrize("path", ALL, ids=IDS)
def test_other_ids_change_nothing_but_names(path: Path, form: str) -> None:
    name, template, others = given(path)
    renaming = Renaming(template, form)
    expected = fingerprint(formats.read(beside(path)), renaming.id)

    renamed = {other: renaming.file(other, data) for other, data in others.items()}

    assert fingerprint(read(name, renaming.template(template), renamed)) == expected


def pairs_of_templates() -> Iterator[tuple[Path, Path]]:
    chance = random.Random(1)
    for index, path in enumerate(ALL):
        for other in (ALL[index - 1], chance.choice(ALL)):
            if other != path:
                yield path, other


def test_two_templates_in_one_give_both_graphs() -> None:
    differ, count = set(), 0
    for path, other in pairs_of_templates():
        same = is_same_in_one(given(path), given(other))
        count += same is not None
        if same is False:
            differ.add((path.stem, other.stem))

    assert count >= 250
    assert differ <= AMBIGUOUS, differ - AMBIGUOUS


def is_same_in_one(first: Given, second: Given) -> bool | None:
    """Return whether two templates in one give both graphs; None where they cannot be in one."""
    has_api = any("Api" in str(list(x.template.get("Globals") or ())) for x in (first, second))
    if has_api or set(first.others) & set(second.others):
        return None
    renaming = Renaming(second.template, "{1}Two", is_whole=True)
    renamed = {name: renaming.file(name, data) for name, data in second.others.items()}
    one = without_globals(first.template)
    two = renaming.template(without_globals(second.template))
    alone = [read(*first), read(*second)]
    if all(any(c.id.startswith("Serverless") for c in design) for design in alone):
        return None  # Both would share the API that SAM makes.
    both = fingerprint(read(first.name, spliced(one, two), {**first.others, **renamed}))
    parts = (fingerprint(alone[0]), fingerprint(alone[1], renaming.id))
    return all({*parts[0][i], *parts[1][i]} == set(both[i]) for i in (0, 1))
