"""Which stage of Zappa's settings is read, and what it says with all that it extends."""

from __future__ import annotations

from apps.engine.formats.cloudformation.library import Library
from apps.engine.formats.cloudformation.nodes import MapNode, Node
from apps.engine.formats.errors import UnreadableInput

# The stage that people come to, by the names that teams give it; earlier ones win.
_PRODUCTION = ("production", "prod", "live", "main", "master", "release", "web")
MAX_EXTENDS = 20


def chosen_stage(library: Library, document: Node) -> tuple[str, Node]:
    """Return the stage that is read: that of production, else the first one.

    Parameters
    ----------
    library : Library
        Is told which stages are left out.
    document : Node
        The root of the settings.

    Returns
    -------
    (str, Node)
        Its name, and its settings with those that it extends.

    Raises
    ------
    UnreadableInput
        If there is no stage, or stages extend one another in a circle.
    """
    stages = {name: body for name, body in document.pairs() if isinstance(body, MapNode)}
    names = [name for name in stages if not _is_base(name, stages)] or list(stages)
    if not names:
        raise UnreadableInput(
            "The settings hold no stage, such as 'production'.", document.file, document.line
        )
    name = min(names, key=lambda each: (_rank(each), names.index(each)))
    others = [other for other in names if other != name]
    if others:
        library.warn(
            f"Zappa's stage '{name}' is read; left out: {', '.join(others)[:200]}.",
            stages[name].at,
        )
    return name, _extended(name, stages)


def _rank(name: str) -> int:
    words = [word for word in _PRODUCTION if word in name.lower()]
    return _PRODUCTION.index(words[0]) if words else len(_PRODUCTION)


def _is_base(name: str, stages: dict[str, MapNode]) -> bool:
    """Return whether a stage is only there to be extended by others."""
    is_extended = any(
        (parent := body.get("extends")) is not None and parent.text() == name
        for body in stages.values()
    )
    return is_extended and _rank(name) == len(_PRODUCTION)


def _extended(name: str, stages: dict[str, MapNode]) -> Node:
    """Return a stage over the one that it extends; mappings are replaced whole, as Zappa does."""
    chain: list[MapNode] = []
    seen: list[str] = []
    while name:
        body = stages.get(name)
        if body is None:
            at = chain[-1]
            raise UnreadableInput(
                f"The stage extends '{name[:40]}', which is not there.", at.file, at.line
            )
        if name in seen or len(seen) > MAX_EXTENDS:
            raise UnreadableInput(
                f"The stages {' → '.join([*seen, name])[:200]} extend one another; break the "
                "circle.",
                body.file,
                body.line,
            )
        seen.append(name)
        chain.append(body)
        parent = body.get("extends")
        name = parent.text() if parent is not None else ""
    own = chain[0]
    entries: dict[str, Node] = {}
    for body in reversed(chain):
        entries |= body.entries
    return MapNode(own.file, own.line, entries)
