"""Rules of the house that no linter knows."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from apps.engine.catalog import KINDS

ROOT = Path(__file__).resolve().parent.parent
FOLDERS = ("apps", "project", "tests")
MODULES = [
    path
    for folder in FOLDERS
    for path in sorted((ROOT / folder).rglob("*.py"))
    if path.parent.name != "migrations"
]
# Parts of the catalog that are not a kind themselves start with an underscore, or are these.
NOT_KINDS = {"base"}


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_module_fits_in_the_head(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= 300


@pytest.mark.parametrize(
    "path", [path for path in MODULES if not path.is_relative_to(ROOT / "tests")], ids=name
)
def test_functions_are_short(path: Path) -> None:
    long = [
        node.name
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef) and _length(node) > 30
    ]
    assert long == []


def _length(node: ast.FunctionDef) -> int:
    """Return the lines of code, without docstring and without the functions inside."""
    body = node.body[1:] if ast.get_docstring(node) else node.body
    if not body:
        return 0
    inner = [item for item in ast.walk(node) if isinstance(item, ast.FunctionDef)][1:]
    return _span(body[0], body[-1]) - sum(_span(item, item) for item in inner)


def _span(first: ast.stmt, last: ast.stmt) -> int:
    return (last.end_lineno or first.lineno) - first.lineno + 1


def test_chance_always_has_a_seed() -> None:
    # The pattern is put together, since this file is searched too.
    seedless = re.compile(r"default_rng" + r"\(\s*\)")
    assert [name(path) for path in MODULES if seedless.search(path.read_text())] == []


def test_what_bandit_may_not_say_has_its_rule_and_its_reason() -> None:
    # The word is put together, since this file is searched too.
    ignored = re.compile("# no" + "sec.*")
    explained = re.compile("# (noqa: [A-Z]+[0-9]+  )?[A-Z][^#]+\\.  # no" + "sec( B[0-9]{3})+$")
    bare = [
        f"{name(path)}: {line.strip()}"
        for path in [*MODULES, ROOT / "manage.py"]
        for line in path.read_text().splitlines()
        if ignored.search(line) and not explained.search(line)
    ]
    assert bare == []


def test_only_apps_aws_knows_boto3() -> None:
    imports = re.compile(r"^\s*(import|from) (boto3|botocore)\b", re.MULTILINE)
    allowed = (ROOT / "apps" / "aws", ROOT / "tests" / "aws")
    guilty = [
        name(path)
        for path in MODULES
        if not any(map(path.is_relative_to, allowed)) and imports.search(path.read_text())
    ]
    assert guilty == []


def test_every_catalog_module_is_registered() -> None:
    modules = {path.stem for path in (ROOT / "apps/engine/catalog").glob("[a-z]*.py")}
    assert modules - NOT_KINDS == {_module_of(kind) for kind in KINDS.values()}


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_kind_cites_its_source(kind: type) -> None:
    assert getattr(kind, "source_url", "").startswith("https://")


def test_every_stage_cites_its_source() -> None:
    """A stage says where its law is from: a page of AWS, or a book under References."""
    stages = sorted((ROOT / "apps/engine/stages").glob("[a-z]*.py"))
    source = re.compile(r"https://|^\s*References$", re.MULTILINE)
    silent = [path.stem for path in stages if not source.search(path.read_text())]
    assert silent == ["base"]


def _module_of(kind: type) -> str:
    return kind.__module__.rpartition(".")[2]
