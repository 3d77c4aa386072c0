"""What the names in the configuration of a plan stand for: across modules, to resources."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from apps.engine.formats.cloudformation.nodes import Reference
from apps.engine.formats.terraform.recorded import MANAGED, listed, mapped, texts

# How many modules may hand a name on to one another in a row.
_MAX_CHAIN = 20
_PSEUDO = {
    "data.aws_region": "AWS::Region",
    "data.aws_caller_identity": "AWS::AccountId",
    "data.aws_partition": "AWS::Partition",
}
# Methods hand the path that they stand on to their integrations.
_HANDING_ON = frozenset({"aws_api_gateway_method", "aws_api_gateway_integration"})


class Configuration:
    """The modules of a plan's configuration, and the expressions that they hand to one another."""

    def __init__(self, root: Mapping[str, Any], addresses: set[str]) -> None:
        self._root, self._addresses = root, addresses
        self._modules: dict[tuple[str, ...], Mapping[str, Any]] = {}
        self._expressions: dict[tuple[str, ...], dict[tuple[Any, ...], Mapping[str, Any]]] = {}

    def module(self, path: tuple[str, ...]) -> Mapping[str, Any]:
        """Return the configuration of a module.

        Parameters
        ----------
        path : tuple of str
            Names of modules from the root.

        Returns
        -------
        mapping of str to any
            Empty where there is none.
        """
        if path not in self._modules:
            outer = self.module(path[:-1]) if path else {}
            self._modules[path] = (
                mapped(outer, "module_calls", path[-1], "module") if path else self._root
            )
        return self._modules[path]

    def expressions(self, path: tuple[str, ...], mode: str, type_: str, name: str) -> Any:
        """Return the expressions of a resource.

        Parameters
        ----------
        path : tuple of str
            Names of modules from the root.
        mode : str
            managed or data.
        type_ : str
            Its type.
        name : str
            Its name.

        Returns
        -------
        any
            Expressions by attribute.
        """
        if path not in self._expressions:
            self._expressions[path] = {
                (entry.get("mode"), entry.get("type"), entry.get("name")): mapped(
                    entry, "expressions"
                )
                for entry in listed(self.module(path), "resources")
            }
        return self._expressions[path].get((mode, type_, name), {})

    def resolve(self, path: tuple[str, ...], names: list[str], depth: int = 0) -> list[Reference]:
        """Return the resources and values that names stand for.

        Parameters
        ----------
        path : tuple of str
            The module in which they stand.
        names : list of str
            As `references` of an expression has them: longer names before what they begin with.
        depth : int, optional
            How many modules handed them on. [count]

        Returns
        -------
        list of Reference
            Each once.
        """
        found: dict[Reference, None] = {}
        for name in _longest(names):
            for reference in self._one(path, name, depth):
                found[reference] = None
        return list(found)

    def _one(self, path: tuple[str, ...], name: str, depth: int) -> list[Reference]:
        parts = _without_keys(name).split(".")
        if depth > _MAX_CHAIN or len(parts) < 2:
            return []
        match parts[0]:
            case "var":
                return self._variable(path, parts[1], depth)
            case "module":
                return self._output(path, parts[1], parts[2] if len(parts) > 2 else "", depth)
            case "local" | "each" | "count" | "path" | "terraform" | "self":
                return []
        prefix = "".join(f"module.{module}." for module in path)
        if parts[0] == "data":
            pseudo = _PSEUDO.get(".".join(parts[:2]))
            return [Reference(pseudo or prefix + ".".join(parts))]
        if parts[0] in _HANDING_ON and parts[2:] == ["resource_id"]:
            handed = mapped(self.expressions(path, MANAGED, *parts[:2]), "resource_id")
            return self.resolve(path, texts(handed.get("references")), depth + 1)
        address = f"{prefix}{parts[0]}.{parts[1]}"
        target = address if address in self._addresses else ""
        return [Reference(address, ".".join(parts[2:]), target)]

    def _variable(self, path: tuple[str, ...], name: str, depth: int) -> list[Reference]:
        if not path:
            return [Reference(f"var.{name}")]
        call = mapped(self.module(path[:-1]), "module_calls", path[-1], "expressions", name)
        names = call.get("references")
        return self.resolve(path[:-1], texts(names), depth + 1)

    def _output(
        self, path: tuple[str, ...], module: str, output: str, depth: int
    ) -> list[Reference]:
        inner = (*path, module)
        expression = mapped(self.module(inner), "outputs", output, "expression")
        names = expression.get("references")
        return self.resolve(inner, texts(names), depth + 1)


def _longest(names: list[str]) -> list[str]:
    """Return the names of which no other one is the longer form."""
    return [
        name
        for name in names
        if not any(other.startswith((f"{name}.", f"{name}[")) for other in names)
    ]


def _without_keys(name: str) -> str:
    """Return a name without the keys of instances: `aws_x.y["a"].arn` is that of aws_x.y."""
    pieces: list[str] = []
    depth = 0
    for sign in name:
        depth += sign == "["
        if not depth:
            pieces.append(sign)
        depth -= sign == "]"
    return "".join(pieces)
