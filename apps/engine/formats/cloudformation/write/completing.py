"""What a drawing leaves open and AWS does not: the design as it can be deployed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, NamedTuple

from apps.engine.catalog import build
from apps.engine.graph import Architecture, Component

# Code reaches these from within their VPC alone.
IN_VPC = frozenset(
    {
        *("aurora_cluster", "dax_cluster", "documentdb_cluster", "efs_file_system"),
        *("elasticache_cluster", "emr_cluster", "msk_cluster", "rds_instance", "rds_proxy"),
    }
)
_STREAMED = frozenset({"lambda_function", "pipe", "ecs_service", "auto_scaling_group"})


class Completed(NamedTuple):
    """A design, and a sentence for each setting that was changed."""

    design: Architecture
    changes: tuple[str, ...]


class _Change(NamedTuple):
    setting: str
    value: Any
    why: str


def completed(design: Architecture) -> Completed:
    """Return a design in which every setting that AWS demands is set.

    Parameters
    ----------
    design : Architecture
        As it was drawn.

    Returns
    -------
    Completed
        The same design where nothing lacks.
    """
    changes: list[str] = []
    components = []
    for component in design:
        settings = dict(component.settings)
        for rule in _RULES if component.is_modelled else ():
            for change in rule(design, component):
                settings[change.setting] = change.value
                sentence = f"{component.label}: {change.why}"
                changes += [] if sentence in changes else [sentence]
        components.append(replace(component, settings=settings))
    return Completed(replace(design, components=tuple(components)), tuple(changes))


def _network(design: Architecture, component: Component) -> Iterator[_Change]:
    if component.kind != "lambda_function" or getattr(build(component), "is_in_vpc", True):
        return
    for link in design.outbound(component.id):
        target = design.component(link.target)
        if target.kind in IN_VPC:
            why = f"it stands in the VPC, since it calls {target.label} there."
            yield _Change("is_in_vpc", True, why)
            return


def _stream(design: Architecture, component: Component) -> Iterator[_Change]:
    if component.kind != "dynamodb_table" or getattr(build(component), "has_stream", True):
        return
    readers = [design.component(link.target) for link in design.outbound(component.id)]
    for reader in readers:
        if reader.kind in _STREAMED:
            yield _Change("has_stream", True, f"it has a stream, which {reader.label} reads.")
            return


def _hidden(design: Architecture, component: Component) -> Iterator[_Change]:
    """Lambda refuses a queue that shows its messages again while they are worked on."""
    if component.kind != "sqs_queue":
        return
    consumers = [design.component(link.target) for link in design.outbound(component.id)]
    functions = [one for one in consumers if one.kind == "lambda_function"]
    least = max((getattr(build(one), "timeout_s", 0.0) for one in functions), default=0.0)
    if getattr(build(component), "visibility_timeout_s", 0.0) < least:
        why = f"messages stay hidden for {least:g} s, as long as a function may work on them."
        yield _Change("visibility_timeout_s", least, why)


def _clock(design: Architecture, component: Component) -> Iterator[_Change]:
    if component.kind != "schedule" or not getattr(build(component), "is_scheduler", False):
        return
    if len(design.outbound(component.id)) > 1:
        yield _Change(
            "is_scheduler", False, "it is a rule of EventBridge, since a schedule has one target."
        )


def _processors(design: Architecture, component: Component) -> Iterator[_Change]:
    """SQL Server runs on no processors of Arm, and its larger editions on no small class."""
    kind = build(component)
    engine = str(getattr(kind, "engine", "")) if component.kind == "rds_instance" else ""
    family = str(getattr(kind, "instance_class", "")).split(".")[1:2]
    if engine.startswith("sqlserver") and family and family[0].rstrip("dn").endswith("g"):
        small = engine.endswith(("-ex", "-web"))
        class_ = "db.t3.medium" if small else "db.m5.xlarge"
        yield _Change("instance_class", class_, f"it is a {class_}: SQL Server needs Intel or AMD.")


# Memory that Fargate takes for each number of processor units. [MB]
# https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html
_SIZES = (
    (256, (512, 1024, 2048)),
    (512, tuple(range(1024, 4097, 1024))),
    (1024, tuple(range(2048, 8193, 1024))),
    (2048, tuple(range(4096, 16_385, 1024))),
    (4096, tuple(range(8192, 30_721, 1024))),
    (8192, tuple(range(16_384, 61_441, 4096))),
    (16_384, tuple(range(32_768, 122_881, 8192))),
)


def _size(design: Architecture, component: Component) -> Iterator[_Change]:
    """Fargate runs tasks of certain sizes alone: the next one that holds what was drawn."""
    kind = build(component)
    if component.kind != "ecs_service" or not str(getattr(kind, "launch", "")).startswith(
        "FARGATE"
    ):
        return
    wanted = int(getattr(kind, "cpu_units", 0)), int(getattr(kind, "memory_mb", 0))
    fitting = ((units, mb) for units, all_mb in _SIZES for mb in all_mb)
    size = next((s for s in fitting if s[0] >= wanted[0] and s[1] >= wanted[1]), (16_384, 122_880))
    why = f"a task has {size[0]:,} units and {size[1]:,} MB, a size that Fargate has."
    for name, new, old in zip(("cpu_units", "memory_mb"), size, wanted, strict=True):
        if new != old:
            yield _Change(name, new, why)


_RULES: tuple[Callable[[Architecture, Component], Iterator[_Change]], ...] = (
    _network,
    _stream,
    _hidden,
    _clock,
    _processors,
    _size,
)
