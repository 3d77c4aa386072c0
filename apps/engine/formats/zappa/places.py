"""A property of a resource → the key of Zappa's settings that says it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from apps.engine.formats.cloudformation.export.ground import Task
from apps.engine.formats.cloudformation.export.wishes import Wish
from apps.engine.formats.errors import CannotWrite
from apps.engine.formats.zappa.stage import Stage

Path = tuple[str, ...]
# By how the logical id goes on after the stage's name, and the property.
_KEYS: dict[tuple[str, Path], Path] = {
    ("Function", ("Architectures", "0")): ("architecture",),
    ("Function", ("EphemeralStorage", "Size")): ("ephemeral_storage", "Size"),
    ("Function", ("MemorySize",)): ("memory_size",),
    ("Function", ("ProvisionedConcurrencyConfig", "ProvisionedConcurrentExecutions")): (
        "provisioned_concurrency",
    ),
    ("Function", ("ReservedConcurrentExecutions",)): ("lambda_concurrency",),
    ("Function", ("Runtime",)): ("runtime",),
    ("Function", ("SnapStart", "ApplyOn")): ("snap_start",),
    ("Function", ("Timeout",)): ("timeout_seconds",),
    ("Function", ("Tracing",)): ("xray_tracing",),
    ("FunctionUrl", ("AuthType",)): ("function_url_config", "authorizer"),
    ("Api", ("CacheClusterSize",)): ("cache_cluster_size",),
    ("KeepWarm", ("ScheduleExpression",)): ("keep_warm_expression",),
    ("AsyncTable", ("ProvisionedThroughput", "ReadCapacityUnits")): (
        "async_response_table_read_capacity",
    ),
    ("AsyncTable", ("ProvisionedThroughput", "WriteCapacityUnits")): (
        "async_response_table_write_capacity",
    ),
}
_MADE = {("AutoPublishAlias",)}
_WORDS: dict[Path, Callable[[Any], Any]] = {("xray_tracing",): lambda value: value == "Active"}


def task_for(stage: Stage, wish: Wish) -> Task:
    """Return what to write for a property.

    Parameters
    ----------
    stage : Stage
        The stage, as it was read.
    wish : Wish
        The property and its new value.

    Returns
    -------
    Task
        It has no path where nothing is to be written.

    Raises
    ------
    CannotWrite
        If no setting of Zappa says the property.
    """
    if wish.path in _MADE:
        return Task("", (), None)
    key = _KEYS.get((wish.logical_id.removeprefix(stage.prefix), wish.path))
    if key is None:
        raise CannotWrite(f"No setting of Zappa says {wish.words}; change it by hand.")
    value = wish.value
    if value is not None and key in _WORDS:
        value = _WORDS[key](value)
    is_list = key == ("architecture",) and stage.settings.get("architecture.0") is not None
    return Task(stage.settings.file, (stage.name, *key, *(("0",) if is_list else ())), value)
