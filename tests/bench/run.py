"""Run the measurements and print them as a table, or as JSON.

Each module of this folder with a function `measure` gives a list of rows: what was measured, the
value, its unit, the goal, and whether it was met. A row without a goal is told for comparison.
"""

from __future__ import annotations

import argparse
import importlib
import json
import pkgutil
import platform
import sys
from collections.abc import Iterator
from typing import NotRequired, TypedDict

import tests.bench as folder


class Row(TypedDict):
    """One figure: `goal` is a sentence such as "at most 6", `ok` whether it was met."""

    name: str
    value: float
    unit: str
    goal: NotRequired[str]
    ok: NotRequired[bool]
    note: NotRequired[str]


def main() -> int:
    """Return 1 where a goal was missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("modules", nargs="*", help="measure only these, such as fluid_level")
    parser.add_argument("--format", choices=("table", "json"), default="table")
    chosen = parser.parse_args()
    results = dict(_measured(chosen.modules))
    write = _json if chosen.format == "json" else _table
    sys.stdout.write(write(results))
    return int(any(row.get("ok") is False for rows in results.values() for row in rows))


def _measured(chosen: list[str]) -> Iterator[tuple[str, list[Row]]]:
    names = sorted(item.name for item in pkgutil.iter_modules(folder.__path__))
    for name in chosen or names:
        module = importlib.import_module(f"tests.bench.{name}")
        if hasattr(module, "measure"):
            sys.stderr.write(f"{name} …\n")
            yield name, module.measure()


def _json(results: dict[str, list[Row]]) -> str:
    machine = {"python": platform.python_version(), "machine": platform.machine()}
    body = {"schema": "headroom/bench/1", **machine, "results": results}
    return json.dumps(body, indent=2) + "\n"


def _table(results: dict[str, list[Row]]) -> str:
    lines = []
    for name, rows in results.items():
        lines.append(name)
        for row in rows:
            mark = {True: "ok  ", False: "MISS", None: "    "}[row.get("ok")]
            figure = f"{row['value']:.4g} {row['unit']}"
            lines.append(f"  {mark} {row['name']:<66} {figure:>18}  {row.get('goal', '')}")
            if row.get("note"):
                lines.append(f"         {row['note']}")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.exit(main())
