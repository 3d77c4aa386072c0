"""Files of frameworks with some settings changed, and no line beside those."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, replace

from apps.engine.catalog.lambda_function import LambdaFunction
from apps.engine.formats.cloudformation import architecture_of
from apps.engine.formats.cloudformation.bounds import with_mark
from apps.engine.formats.cloudformation.export import (
    Changes,
    Export,
    as_far_as_possible,
    wishes_of,
    with_words,
)
from apps.engine.formats.cloudformation.export.check import check_again, with_changes
from apps.engine.formats.cloudformation.export.ground import Ground, Plan, Task
from apps.engine.formats.cloudformation.export.wishes import Wish
from apps.engine.formats.errors import CannotWrite, UnreadableInput
from apps.engine.formats.frameworks import Wired, read_frameworks, wire_frameworks
from apps.engine.formats.serverless.places import task_for as task_of_service
from apps.engine.formats.zappa.places import task_for as task_of_stage
from apps.engine.formats.zappa.toml_writer import write as write_toml
from apps.engine.graph import Architecture

# Where a function is silent about these, the framework or its provider section is not.
_OWN_DEFAULTS = {("MemorySize",), ("Timeout",), ("Architectures", "0")}
SERVERLESS, ZAPPA = "serverless", "zappa"


def framework_of(files: Mapping[str, bytes]) -> str:
    """Return the framework that files are written for.

    Parameters
    ----------
    files : Mapping[str, bytes]
        Bytes by file name.

    Returns
    -------
    str
        `serverless` or `zappa`, empty for neither.
    """
    try:
        wired = wire_frameworks(files)
    except UnreadableInput:
        return ""
    if wired is None:
        return ""
    return SERVERLESS if wired.services else ZAPPA


def export_frameworks(files: Mapping[str, bytes], changes: Changes) -> Export:
    """Return the files of frameworks with settings changed, their other lines as they were.

    Parameters
    ----------
    files : Mapping[str, bytes]
        What was imported, by file name.
    changes : Changes
        Settings by component id; None takes a setting out.

    Returns
    -------
    Export
        All files. What reads them again finds the changes and nothing else changed.

    Raises
    ------
    UnreadableInput
        If the files cannot be read; the message says where.
    """
    return as_far_as_possible(files, changes, _together)


def _together(files: Mapping[str, bytes], changes: Changes) -> Export:
    wired = wire_frameworks(files)
    if wired is None:
        raise CannotWrite("The files are none of the Serverless Framework or of Zappa.")
    before = architecture_of(wired.wiring)
    meant = with_changes(before, changes)
    plan = Plan()
    stacks = {id(one.stack): one.stack for one in wired.wiring.inventory.resources.values()}
    ground = Ground(files, stacks.values())
    for id_, settings in changes.items():
        for wish in wishes_of(wired.wiring, before.component(id_), settings):
            _add(plan, ground, wired, _said(wish))
    written = _written(files, plan)
    if written != files:
        check_again(meant, lambda: _read(written))
    return Export(written, tuple(plan.notes))


def _add(plan: Plan, ground: Ground, wired: Wired, wish: Wish) -> None:
    file = wish.resource.stack.document.file
    note = ""
    if file in wired.services:
        task, note = task_of_service(wired.services[file], ground.sheet, wish)
    elif file in wired.stages:
        task = task_of_stage(wired.stages[file], wish)
    else:
        if not ground.trail(wish).is_found and ground.trail(wish).call:
            raise CannotWrite(f"{wish.words} is worked out in {file}; change it by hand.")
        task = Task(file, wish.place, wish.value)
    if task.path:
        plan.tasks[task] = None
        plan.note(note)


def _said(wish: Wish) -> Wish:
    """Return a wish that says AWS's own value where a framework's is another one."""
    if wish.value is not None or wish.path not in _OWN_DEFAULTS:
        return wish
    default = next(one.default for one in fields(LambdaFunction) if one.name == wish.setting)
    return replace(wish, value=default)


def _written(files: Mapping[str, bytes], plan: Plan) -> dict[str, bytes]:
    others = Plan({task: None for task in plan.tasks if not task.file.endswith(".toml")})
    written = with_words(files, others)
    for name in {task.file for task in plan.tasks} - {task.file for task in others.tasks}:
        values = {task.path: task.value for task in plan.tasks if task.file == name}
        mark, text = with_mark(written[name])
        written[name] = mark + write_toml(text, values).encode()
    return written


def _read(files: Mapping[str, bytes]) -> Architecture:
    found = read_frameworks(files)
    if found is None:
        raise CannotWrite("The changed file would be of another format; change it by hand.")
    return found
