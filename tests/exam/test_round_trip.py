"""Templates of other people, exported again: the same bytes, or the asked lines changed."""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from apps.engine.formats.cloudformation import read_templates
from apps.engine.formats.cloudformation.export import Export, export_templates
from apps.engine.graph import Architecture
from apps.forecasts.template_files import files_at
from tests.engine.formats.cloudformation.export.changing import every_change, says_the_changes
from tests.exam.templates import needs_corpus, templates

pytestmark = needs_corpus
SETTINGS = 3
# These take the capacities of the other mode out along with them.
MODES = ("billing_mode", "mode")
Upload = tuple[Path, dict[str, bytes], Architecture]


@pytest.fixture(scope="module")
def corpus() -> list[Upload]:
    return [(path, files, read_templates(files)) for path, files in uploads()]


def uploads() -> list[tuple[Path, dict[str, bytes]]]:
    return [(path, files_at([path])) for path in templates()]


def test_without_a_change_every_byte_is_the_same(corpus: list[Upload]) -> None:
    assert len(corpus) == 149
    for path, files, _ in corpus:
        export = export_templates(files, {})
        assert export.files[path.as_posix()] == path.read_bytes()
        assert export.files == files


def test_the_settings_as_they_are_change_no_byte(corpus: list[Upload]) -> None:
    for path, files, design in corpus:
        same = {c.id: dict(c.settings) for c in design.modelled()}
        assert export_templates(files, same).files == files, path


def test_three_settings_change_their_lines_and_no_others(
    corpus: list[Upload],
) -> None:
    written = 0
    for path, files, design in corpus:
        changes = three_changes(files, design)
        export = export_templates(files, changes)
        assert export.refused == (), path
        assert says_the_changes(design, export, changes), path
        gone, came = compared(files, export)
        count = sum(map(len, changes.values()))
        assert gone <= count, path
        assert came <= 4 * count, path
        written += count
    assert written >= 400


def three_changes(files: Mapping[str, bytes], design: Architecture) -> dict[str, dict[str, Any]]:
    """Return settings that have a place in the files, of different components where there are."""
    found: dict[str, dict[str, Any]] = {}
    seen: Counter[str] = Counter()
    asked = []
    for component, setting, value in every_change(design):
        if setting not in MODES:
            asked.append((seen[component], component, setting, value))
            seen[component] += 1
    asked.sort(key=lambda each: each[0])  # The first of each component, then the second.
    for _, component, setting, value in asked:
        if sum(map(len, found.values())) == SETTINGS:
            break
        if not export_templates(files, {component: {setting: value}}).refused:
            found.setdefault(component, {})[setting] = value
    return found


def compared(files: Mapping[str, bytes], export: Export) -> tuple[int, int]:
    gone = came = 0
    for name, data in files.items():
        before, after = (each.decode().split("\n") for each in (data, export.files[name]))
        for line in difflib.unified_diff(before, after, n=0, lineterm=""):
            gone += line.startswith("-") and not line.startswith("---")
            came += line.startswith("+") and not line.startswith("+++")
    return gone, came
