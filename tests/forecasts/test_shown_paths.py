from __future__ import annotations

from pathlib import Path

import pytest

from apps.engine.graph import Architecture, Component, Link, Source, Supporting
from apps.forecasts.shown_paths import shown_path, with_shown_paths


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "repo" / "infra").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "repo")


def test_paths_are_shown_below_the_folder_where_one_stands(tmp_path: Path) -> None:
    assert shown_path("infra/a.yaml") == "infra/a.yaml"
    assert shown_path("./infra/../infra/a.yaml") == "infra/a.yaml"
    assert shown_path(str(tmp_path / "repo" / "infra" / "a.yaml")) == "infra/a.yaml"
    assert shown_path(str(tmp_path / "elsewhere" / "a.yaml")) == "a.yaml"
    assert shown_path("../elsewhere/a.yaml") == "a.yaml"


def design(file: str) -> Architecture:
    return Architecture(
        components=(
            Component(id="A", kind="sqs_queue", source=Source(file, 3)),
            Component(id="B", kind="sqs_queue"),
        ),
        links=(Link(source="A", target="B", role="send", origin=f"{file}:7 policy"),),
        supporting=(Supporting(id="R", type="AWS::IAM::Role", source=Source(file, 9)),),
        warnings=(f"{file}:4: Look at this.",),
    )


@pytest.mark.parametrize(("folder", "shown"), [("elsewhere", ""), ("repo/infra", "infra/")])
def test_no_place_of_a_design_names_a_folder_outside(
    tmp_path: Path, folder: str, shown: str
) -> None:
    file = tmp_path / folder / "a.yaml"

    seen = with_shown_paths(design(str(file)), [file])

    assert seen == design(f"{shown}a.yaml")


def test_what_is_below_stays_the_same() -> None:
    here = design("infra/a.yaml")

    assert with_shown_paths(here, [Path("infra/a.yaml")]) is here
