"""A property of a resource → where a serverless.yml says it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from apps.engine.formats.cloudformation.export.ground import Task
from apps.engine.formats.cloudformation.export.sheet import Sheet
from apps.engine.formats.cloudformation.export.spots import Row, Table, Word
from apps.engine.formats.cloudformation.export.trail import Trail, follow
from apps.engine.formats.cloudformation.export.wishes import Wish
from apps.engine.formats.cloudformation.nodes import Node
from apps.engine.formats.errors import CannotWrite
from apps.engine.formats.serverless import names
from apps.engine.formats.serverless.service import Service

Path = tuple[str, ...]
_ADVICE = "change it by hand."
# Properties of SAM's function and function URL, and the keys of the framework.
_FUNCTION: dict[Path, Path] = {
    ("Architectures", "0"): ("architecture",),
    ("EphemeralStorage", "Size"): ("ephemeralStorageSize",),
    ("MemorySize",): ("memorySize",),
    ("ProvisionedConcurrencyConfig", "ProvisionedConcurrentExecutions"): (
        "provisionedConcurrency",
    ),
    ("ReservedConcurrentExecutions",): ("reservedConcurrency",),
    ("Runtime",): ("runtime",),
    ("SnapStart", "ApplyOn"): ("snapStart",),
    ("Timeout",): ("timeout",),
    ("Tracing",): ("tracing",),
}
_URL: dict[Path, Path] = {
    ("AuthType",): ("url", "authorizer"),
    ("InvokeMode",): ("url", "invokeMode"),
}
_PROVIDER: dict[tuple[str, Path], Path] = {
    (names.REST_API, ("EndpointConfiguration",)): ("provider", "endpointType"),
    (names.REST_API, ("TracingEnabled",)): ("provider", "tracing", "apiGateway"),
    (names.USAGE_PLAN, ("Throttle", "RateLimit")): (
        *("provider", "apiGateway", "usagePlan", "throttle", "rateLimit"),
    ),
    (names.USAGE_PLAN, ("Throttle", "BurstLimit")): (
        *("provider", "apiGateway", "usagePlan", "throttle", "burstLimit"),
    ),
}
# What SAM wants beside a property, and the framework makes itself.
_MADE = {("AutoPublishAlias",)}
_WORDS: dict[Path, Callable[[Any], Any]] = {
    ("snapStart",): lambda value: True if value == "PublishedVersions" else None,
    ("url", "authorizer"): lambda value: "aws_iam" if value == "AWS_IAM" else None,
}


def task_for(service: Service, sheet: Callable[[str], Sheet], wish: Wish) -> tuple[Task, str]:
    """Return what to write for a property, and a sentence on it.

    Parameters
    ----------
    service : Service
        The service, as it was read.
    sheet : callable
        Returns the text of a file.
    wish : Wish
        The property and its new value.

    Returns
    -------
    (Task, str)
        The task has no path where nothing is to be written; the sentence is mostly empty.

    Raises
    ------
    CannotWrite
        If the file does not say the property in a place of its own.
    """
    if wish.path in _MADE:
        return Task("", (), None), ""
    value = wish.value
    for file, base, inner in _places(service, wish):
        found = follow(sheet(file), base)
        if not isinstance(found.spot, Table) or found.rest or found.call:
            continue
        if inner in _WORDS and value is not None:
            value = _WORDS[inner](value)
        path = (*base, *inner)
        trail = follow(sheet(file), path)
        _check(wish, file, trail)
        return Task(file, path, value), _note(wish, trail)
    raise CannotWrite(f"{wish.words} has no place in {service.document.file}; {_ADVICE}")


def _places(service: Service, wish: Wish) -> Iterator[tuple[str, Path, Path]]:
    """Yield file, way to the holder, and way on from there."""
    name = wish.logical_id
    own = service.document.file
    if (name, wish.path) in _PROVIDER:
        path = _PROVIDER[name, wish.path]
        yield own, path[:1], path[1:]
        return
    functions = {function.id: function for function in service.functions.values()}
    function = functions.get(name) or functions.get(name.removesuffix("Url"))
    if function is not None:
        table = _FUNCTION if function.id == name else _URL
        if wish.path in table:
            for file, base in _holders(service, function.body, function.path):
                yield file, base, table[wish.path]
        return
    body = service.resources.get(name)
    if body is not None:
        for file, base in _holders(service, body, ("resources", "Resources", name)):
            yield file, base, ("Properties", *wish.path)


def _holders(service: Service, body: Node, path: Path) -> Iterator[tuple[str, Path]]:
    """Yield where a function or resource may stand: in the service's file, or in a part of it."""
    own = service.document.file
    if body.file == own:
        yield own, path
        section = service.document.get(path[0])
        for index, _ in enumerate(section.elements() if section is not None else ()):
            yield own, (path[0], str(index), *path[1:])
    else:
        for length in range(len(path)):
            yield body.file, path[length:]
        yield body.file, ()


def _check(wish: Wish, file: str, trail: Trail) -> None:
    if trail.shared:
        raise CannotWrite(
            f"{wish.words} stands in the part '{trail.shared}' of {file}, which other places "
            f"share; {_ADVICE}"
        )
    if trail.call is not None or (not trail.rest and isinstance(trail.spot, Table | Row)):
        raise CannotWrite(f"{wish.words} is worked out in {file}; {_ADVICE}")
    if trail.rest and isinstance(trail.spot, Word) and not trail.spot.is_null:
        raise CannotWrite(f"{wish.words} stands in a short form in {file}; {_ADVICE}")


def _note(wish: Wish, trail: Trail) -> str:
    spot = trail.spot
    if not trail.rest and isinstance(spot, Word) and "${" in spot.value:
        return f"{wish.words} was {spot.value[:80]}; the value stands in its place now."
    return wish.why
