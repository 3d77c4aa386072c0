"""Where the variables of a serverless.yml come from, apart from files."""

from __future__ import annotations

from dataclasses import replace
from typing import Protocol

from apps.engine.formats.cloudformation.building import text_of
from apps.engine.formats.cloudformation.library import DEFAULT_REGION
from apps.engine.formats.cloudformation.nodes import Node, Reference, Scalar, Symbol
from apps.engine.formats.serverless.constructs import construct_value
from apps.engine.formats.serverless.expressions import Lookup, lookup_of

DEFAULT_STAGE = "dev"
_DEFAULTS = {"provider.stage": DEFAULT_STAGE, "provider.region": DEFAULT_REGION}


class Walker(Protocol):
    """What works out the values that a source names."""

    def walk(self, start: Node, path: str) -> Node | None:
        """Return what stands under a path below a value, None where nothing does.

        Parameters
        ----------
        start : Node
            The value.
        path : str
            Keys joined by dots.

        Returns
        -------
        Node or None
            Without variables.
        """


class Sources:
    """The sources that a file alone answers; the others are known when it is deployed."""

    def __init__(self, walker: Walker, root: Node) -> None:
        self._walker, self._root = walker, root
        self._answers = {
            "self": self._self,
            "sls": self._framework,
            "aws": self._aws,
            "param": self._parameter,
            "strToBool": self._flag,
            "construct": self._construct,
        }

    def find(self, lookup: Lookup, at: Scalar) -> Node | None:
        """Return the value that a lookup asks for.

        Parameters
        ----------
        lookup : Lookup
            Source and address.
        at : Scalar
            Where the variable stands.

        Returns
        -------
        Node or None
            None where the files do not say it.
        """
        answer = self._answers.get(lookup.source)
        return answer(lookup, at) if answer is not None else None

    def last_resort(self, choice: str, at: Scalar) -> Node | None:
        """Return what is taken for an option that is not given and has no fallback.

        Parameters
        ----------
        choice : str
            The first choice of the variable.
        at : Scalar
            Where the variable stands.

        Returns
        -------
        Node or None
            The framework's own stage and Region; None for other options.
        """
        lookup = lookup_of(choice)
        if lookup is None or lookup.source != "opt":
            return None
        default = _DEFAULTS.get(f"provider.{lookup.address}")
        return replace(at, value=default) if default else None

    def _self(self, lookup: Lookup, at: Scalar) -> Node | None:
        found = self._walker.walk(self._root, lookup.address)
        if found is None and lookup.address in _DEFAULTS:
            return replace(at, value=_DEFAULTS[lookup.address])
        return found

    def _framework(self, lookup: Lookup, at: Scalar) -> Node | None:
        if lookup.address == "stage":
            return self._self(Lookup("self", "", "provider.stage"), at)
        return replace(at, value="instance") if lookup.address == "instanceId" else None

    def _aws(self, lookup: Lookup, at: Scalar) -> Node | None:
        if lookup.address == "region":
            return self._self(Lookup("self", "", "provider.region"), at)
        if lookup.address == "accountId":
            return Symbol(at.file, at.line, (Reference("AWS::AccountId"),))
        return None

    def _parameter(self, lookup: Lookup, at: Scalar) -> Node | None:
        stage = text_of(self._framework(Lookup("sls", "", "stage"), at))
        for group in (stage, "default"):
            for path in (f"params.{group}", f"stages.{group}.params"):
                found = self._walker.walk(self._root, f"{path}.{lookup.address}")
                if found is not None:
                    return found
        return None

    def _flag(self, lookup: Lookup, at: Scalar) -> Node | None:
        word = lookup.argument.strip("'\" ").lower()
        known = {"true": True, "1": True, "false": False, "0": False, "": False}
        return replace(at, value=known[word]) if word in known else None

    def _construct(self, lookup: Lookup, at: Scalar) -> Node | None:
        name, _, attribute = lookup.address.partition(".")
        type_ = text_of(self._walker.walk(self._root, f"constructs.{name}.type"))
        return construct_value(type_, name, attribute, at)
