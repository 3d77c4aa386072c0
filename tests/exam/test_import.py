"""The importer on templates that it was not written for."""

from __future__ import annotations

import importlib.util
import json
import statistics
import time
from pathlib import Path
from typing import Any

import pytest

from apps.engine import formats
from apps.engine.catalog import build
from apps.engine.graph import Architecture
from apps.forecasts.describing import describe
from apps.forecasts.template_files import read_paths
from tests.exam.templates import CORPUS, FOLDER, needs_corpus, templates

pytestmark = needs_corpus


@pytest.fixture(scope="module")
def designs() -> dict[str, Architecture]:
    return {path.stem: read_paths([path]) for path in templates()}


@pytest.fixture(scope="module")
def scores(
    designs: dict[str, Architecture], tmp_path_factory: pytest.TempPathFactory
) -> dict[str, float]:
    folder = tmp_path_factory.mktemp("graphs")
    for name, design in designs.items():
        (folder / f"{name}.json").write_text(json.dumps(describe(design)))
    spec = importlib.util.spec_from_file_location("score", CORPUS / "score.py")
    assert spec is not None
    assert spec.loader is not None
    module: Any = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    result: dict[str, float] = module.score(str(folder), str(FOLDER / "index.csv"))
    return result


def test_every_template_is_imported(designs: dict[str, Architecture]) -> None:
    assert len(designs) == 149
    for design in designs.values():
        for component in design:
            build(component)
        assert Architecture.from_dict(design.to_dict()) == design


def test_services_and_links_are_found(scores: dict[str, float]) -> None:
    assert scores["not_imported"] == 0
    assert scores["label_recall"] >= 0.95
    assert scores["label_complete"] >= 0.90
    assert scores["pair_forward"] >= 0.83
    assert scores["pair_either"] >= 0.88
    assert scores["chain_connected"] >= 0.85
    assert scores["precision_supported"] >= 0.97


def test_a_template_takes_milliseconds() -> None:
    times = []
    for path in templates():
        files = {path.name: path.read_bytes()}
        start = time.perf_counter()
        formats.read(files)
        times.append(time.perf_counter() - start)

    assert statistics.median(times) < 0.020
    assert max(times) < 0.200


@pytest.mark.parametrize("path", templates(), ids=lambda path: path.stem)
def test_a_broken_template_is_refused_or_read_but_never_an_error(path: Path) -> None:
    text = path.read_text(encoding="utf-8", errors="replace")
    breaks = (
        text[: len(text) // 2],
        text.replace("Type:", "Typo:", 1),
        text.replace(": ", ":", 7),
        text.replace("!Ref ", "!Reff ", 1),
        text.replace("!GetAtt ", "!Sub ", 1),
        text.replace("Properties:", "Properties: []\n    X:", 2),
        "\n".join(line[:-1] for line in text.splitlines()),
    )

    for broken in breaks:
        assert refusal(path.name, broken).startswith(path.name)


def refusal(name: str, text: str) -> str:
    """Return the sentence by which a text is refused, or its name where it is read."""
    try:
        formats.read({name: text.encode()})
    except formats.UnreadableInput as error:
        return str(error)
    return name
