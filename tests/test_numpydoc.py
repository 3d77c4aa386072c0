"""Public functions of the engine say what they take, give and raise, in numpydoc sections."""

from __future__ import annotations

import ast
import importlib
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
MODULES = sorted((ROOT / "apps/engine").rglob("*.py"))
PROPERTIES = {"property", "cached_property"}
SECTION = re.compile(r"^([A-Z][A-Za-z ]+)\n-{3,}$", re.MULTILINE)


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_public_functions_are_documented(path: Path) -> None:
    assert list(_module_faults(path)) == []


RAISES = "Raises\n------\nValueError\n    If it is odd."
RETURNS = "Returns\n-------\nint\n    A half. [-]"
TAKES = "Parameters\n----------\nx : int\n    A whole. [-]"


@pytest.mark.parametrize(
    ("sections", "faults"),
    [
        ((TAKES, RETURNS, RAISES), []),
        ((TAKES, RAISES), ["neither Returns nor Yields"]),
        ((TAKES, RETURNS), ["Raises lacks ValueError"]),
        ((RETURNS, RAISES), ["Parameters names [], the signature ['x']"]),
        (
            (TAKES.replace("x :", "y :"), RETURNS, RAISES),
            ["Parameters names ['y'], the signature ['x']"],
        ),
    ],
)
def test_what_lacks_is_found(sections: tuple[str, ...], faults: list[str]) -> None:
    docstring = "\n\n".join(("Return a half.", *sections))
    node = ast.parse(f"def half(x: int) -> int:\n    {docstring!r}\n    raise ValueError").body[0]
    assert isinstance(node, ast.FunctionDef)

    assert list(_faults(node, "", {})) == faults


def _module_faults(path: Path) -> Iterator[str]:
    tree = ast.parse(path.read_text())
    makers = _makers(tree)
    for node in _public_functions(tree):
        yield from (f"{node.name}: {fault}" for fault in _faults(node, "", makers))
    for owner in tree.body:
        if isinstance(owner, ast.ClassDef) and not owner.name.startswith("_"):
            for node in _public_functions(owner):
                inherited = _inherited(_dotted(path), owner.name, node.name)
                for fault in _faults(node, inherited, makers):
                    yield f"{owner.name}.{node.name}: {fault}"


def _makers(tree: ast.Module) -> dict[str, str]:
    """Return what each function of a module returns: some make the error that is raised."""
    return {
        node.name: ast.unparse(node.returns)
        for node in tree.body
        if isinstance(node, ast.FunctionDef) and node.returns is not None
    }


def _public_functions(scope: ast.Module | ast.ClassDef) -> Iterator[ast.FunctionDef]:
    for node in scope.body:
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
            yield node


def _faults(node: ast.FunctionDef, inherited: str, makers: dict[str, str]) -> Iterator[str]:
    """Yield what the docstring lacks; an override of a documented method may leave it to that."""
    text = ast.get_docstring(node) or ""
    if not text and not inherited:
        yield "no docstring"
        return
    if _is_property(node):
        return
    sections = _sections(text)
    if not inherited:
        yield from _signature_faults(node, sections)
    said = {*_terms(sections.get("Raises", "")), *_terms(_sections(inherited).get("Raises", ""))}
    raised = {makers.get(called, called) for called in _raised(node)}
    yield from (f"Raises lacks {error}" for error in sorted(raised - said))


def _signature_faults(node: ast.FunctionDef, sections: dict[str, str]) -> Iterator[str]:
    said, taken = _terms(sections.get("Parameters", "")), _parameters(node)
    if said != taken:
        yield f"Parameters names {said}, the signature {taken}"
    if not _gives_nothing(node) and not {"Returns", "Yields"} & sections.keys():
        yield "neither Returns nor Yields"


def _sections(text: str) -> dict[str, str]:
    parts = SECTION.split(text)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def _terms(section: str) -> list[str]:
    """Return the names that a section defines: those that stand at the margin."""
    heads = [line.split(" : ")[0] for line in section.splitlines() if line[:1].strip()]
    return [term.strip() for head in heads for term in head.split(",")]


def _parameters(node: ast.FunctionDef) -> list[str]:
    args = node.args
    plain = [arg.arg for arg in [*args.posonlyargs, *args.args]]
    starred = [f"*{args.vararg.arg}"] if args.vararg else []
    named = [arg.arg for arg in args.kwonlyargs]
    doubly = [f"**{args.kwarg.arg}"] if args.kwarg else []
    is_bound = plain[:1] == ["self"] or "classmethod" in _decorators(node)
    return [*plain[is_bound:], *starred, *named, *doubly]


def _is_property(node: ast.FunctionDef) -> bool:
    return bool(PROPERTIES & _decorators(node))


def _decorators(node: ast.FunctionDef) -> set[str]:
    return {ast.unparse(item).rpartition(".")[2] for item in node.decorator_list}


def _gives_nothing(node: ast.FunctionDef) -> bool:
    return node.returns is not None and ast.unparse(node.returns) in {"None", "Never", "NoReturn"}


def _raised(node: ast.FunctionDef) -> set[str]:
    """Return the classes that the function itself raises, not those that it lets through."""
    return {
        ast.unparse(called).split(".")[-1]
        for item in _own_nodes(node)
        if isinstance(item, ast.Raise) and item.exc is not None
        for called in [item.exc.func if isinstance(item.exc, ast.Call) else item.exc]
    }


def _own_nodes(node: ast.AST) -> Iterator[ast.AST]:
    for child in ast.iter_child_nodes(node):
        if not isinstance(child, ast.FunctionDef | ast.Lambda | ast.ClassDef):
            yield child
            yield from _own_nodes(child)


@cache
def _inherited(module: str, owner: str, method: str) -> str:
    """Return the docstring of the method that this one overrides, empty where it has none."""
    bases = getattr(importlib.import_module(module), owner).__mro__[1:]
    texts = [
        vars(base)[method].__doc__ or ""
        for base in bases
        if base.__module__.startswith("apps.engine") and method in vars(base)
    ]
    return next(filter(None, texts), "")


def _dotted(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
