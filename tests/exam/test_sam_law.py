"""A SAM template of other people gives the graph of what AWS's own translator makes of it.

Exceptions are listed with their reasons: what SAM refuses, and where the graphs differ.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import NamedTuple

import pytest
from samtranslator.model.exceptions import InvalidDocumentException

from apps.engine import formats
from tests.engine.formats.translation import is_sam, plain, service_links, translated
from tests.exam.templates import beside, needs_corpus, templates

pytestmark = needs_corpus
# These do not come out of the translator.
REFUSED = {
    # It takes an API with authorizers only where the definition is no included file.
    "appsync-apigateway-dynamodb-sam",
}
# Links of a template that its translation does not have.
EXCEPTIONS: dict[str, str] = {}


class Pair(NamedTuple):
    """The links between services, of a template and of its translation."""

    ours: set[tuple[str, str]]
    theirs: set[tuple[str, str]]


@pytest.fixture(scope="module")
def pairs() -> dict[str, Pair | None]:
    with pytest.MonkeyPatch.context() as patch:
        return {
            path.stem: pair_of(path, patch)
            for path in templates()
            if is_sam(plain(path.name, path.read_text(encoding="utf-8")))
        }


def pair_of(path: Path, patch: pytest.MonkeyPatch) -> Pair | None:
    """Return both sides, or None for what the translator refuses."""
    files = beside(path)
    document = plain(path.name, path.read_text(encoding="utf-8"))
    try:
        translation = json.dumps(translated(document, patch)).encode()
    except InvalidDocumentException:
        return None
    ours = service_links(formats.read(files))
    return Pair(ours, service_links(formats.read({**files, path.name: translation})))


def test_the_translator_takes_all_but_the_known_ones(pairs: dict[str, Pair | None]) -> None:
    assert {name for name, pair in pairs.items() if pair is None} == REFUSED


def test_no_link_is_made_up(pairs: dict[str, Pair | None]) -> None:
    known = {name: pair for name, pair in pairs.items() if pair is not None}
    more = {name: pair.ours - pair.theirs for name, pair in known.items()}
    broken = {name: links for name, links in more.items() if links}

    assert set(broken) == set(EXCEPTIONS), broken
    assert len(broken) <= 0.01 * len(known)


def test_the_links_are_the_same(pairs: dict[str, Pair | None]) -> None:
    known = [pair for pair in pairs.values() if pair is not None]
    same = sum(pair.ours == pair.theirs for pair in known)

    assert len(known) >= 140
    assert same >= 0.95 * len(known)
