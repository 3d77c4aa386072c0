"""Which resources hang together: two systems in one template do not know each other."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import cached_property

from apps.engine.catalog import KINDS
from apps.engine.formats.cloudformation.implicit import BUS, made_by, prefix_of
from apps.engine.formats.cloudformation.nodes import references
from apps.engine.formats.cloudformation.stack import Resource

# What calls others, beside code.
_CALLERS = frozenset(
    {
        *("appsync_api", "event_bus", "http_api", "pipe", "rest_api", "schedule"),
        *("state_machine", "websocket_api"),
    }
)


class Islands:
    """Resources joined by their references. `kinds` holds those of components."""

    def __init__(self, resources: Mapping[str, Resource], kinds: Mapping[str, str]) -> None:
        self._resources, self._kinds = resources, kinds

    def near(self, id_: str, candidates: Collection[str]) -> list[str]:
        """Return the candidates that a resource may mean without naming them.

        Parameters
        ----------
        id_ : str
            Id of the resource that means one.
        candidates : collection of str
            Ids of components.

        Returns
        -------
        list of str
            Those that hang together with it, and those that no other caller hangs together with.
        """
        island = self._roots.get(id_, id_)
        return [found for found in candidates if self._is_near(island, found)]

    def _is_near(self, island: str, candidate: str) -> bool:
        root = self._roots.get(candidate, candidate)
        return root == island or not self._callers.get(root, set()) - {candidate}

    @cached_property
    def _callers(self) -> dict[str, set[str]]:
        """What calls others, by island."""
        found: dict[str, set[str]] = {}
        for id_, kind in self._kinds.items():
            if kind in KINDS and (KINDS[kind].IS_COMPUTE or kind in _CALLERS):
                found.setdefault(self._roots.get(id_, id_), set()).add(id_)
        return found

    @cached_property
    def _roots(self) -> dict[str, str]:
        roots = {id_: id_ for id_ in self._resources}

        def root(id_: str) -> str:
            while roots[id_] != id_:
                roots[id_] = id_ = roots[roots[id_]]
            return id_

        for id_, resource in self._resources.items():
            for other in _joined_to(resource):
                if other in roots:
                    roots[root(id_)] = root(other)
        return {id_: root(id_) for id_ in roots}


def _joined_to(resource: Resource) -> set[str]:
    """Return the ids that a resource refers to, waits for, or has made for it."""
    found = {reference.target for reference, _ in references(resource.properties)}
    found |= {made.id for made in made_by(resource) if made.type != BUS}
    waits, prefix = resource.body.get("DependsOn"), prefix_of(resource.id)
    return found | {
        prefix + node.text() for node in (waits.elements() if waits is not None else ())
    }
