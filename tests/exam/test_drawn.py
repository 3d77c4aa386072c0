"""Designs of other people, written as if they had been drawn."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from apps.engine.formats.cloudformation.write import write_template
from apps.engine.graph import Architecture
from apps.forecasts.template_files import read_paths
from tests.engine.formats.cloudformation.write.drawn import differences, read_back, without
from tests.exam.templates import needs_corpus, templates

pytestmark = needs_corpus


@pytest.mark.parametrize("path", templates(), ids=lambda path: path.stem)
def test_any_design_reads_back_from_a_template_of_its_own(path: Path) -> None:
    written = write_template(read_paths([path]))

    meant = only_modelled(without(written.design, {link.key for link in written.missed}))
    assert differences(meant, read_back(written.text)) == []


def only_modelled(design: Architecture) -> Architecture:
    ids = {component.id for component in design.modelled()}
    links = tuple(link for link in design.links if {link.source, link.target} <= ids)
    return replace(design, components=design.modelled(), links=links)
