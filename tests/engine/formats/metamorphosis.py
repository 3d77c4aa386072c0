"""Templates rewritten so that they mean the same, and graphs compared up to their names."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from apps.engine import formats
from apps.engine.graph import Architecture
from tests.engine.formats.translation import plain

Template = dict[str, Any]
Files = dict[str, bytes]
_PLACEHOLDER = re.compile(r"\$\{([^!${}.]+)")
# Properties that SAM takes from Globals as it takes them from a function.
_MOVABLE = (
    *("Timeout", "MemorySize", "Environment", "Tracing", "VpcConfig", "EventInvokeConfig"),
    *("ReservedConcurrentExecutions", "Architectures", "EphemeralStorage", "Runtime", "Handler"),
)


def read(name: str, template: Template, others: Mapping[str, bytes]) -> Architecture:
    """Return what a template of plain values describes, with the files beside it."""
    return formats.read({**others, name: json.dumps(template).encode()})


def fingerprint(
    architecture: Architecture, rename: Callable[[str], str] = str
) -> tuple[list[str], list[str]]:
    """Return components and links as sorted texts, ids under new names."""
    components = [
        json.dumps([rename(c.id), c.kind, _without_reason(c.settings)], sort_keys=True)
        for c in architecture
    ]
    links = [
        json.dumps(
            [rename(x.source), rename(x.target), x.role, x.mode, x.calls, _settings(x.settings)],
            sort_keys=True,
        )
        for x in architecture.links
    ]
    return sorted(components), sorted(links)


def _without_reason(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return the settings of a component without a sentence, which may hold its id."""
    return {name: value for name, value in settings.items() if name != "reason"}


def _settings(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return the settings of a link: the order of routes follows that of the template."""
    found = dict(settings)
    if "route" in found:
        found["route"] = sorted(found["route"].split(", "))
        found["weight"] = round(found["weight"], 9)
    return found


class Renaming:
    """New logical ids for the resources of a template, and what SAM makes of them."""

    def __init__(self, template: Template, form: str, *, is_whole: bool = False) -> None:
        """Rename resources; where `is_whole`, parameters, conditions and mappings as well."""
        resources, parameters = template["Resources"], template.get("Parameters") or {}
        self._new = {id_: form.format(i, id_) for i, id_ in enumerate(resources)}
        self._makers = [id_ for id_ in resources if "Serverless" in resources[id_]["Type"]]
        self._kept = set(parameters)
        self._sections: dict[str, str] = {}
        if is_whole:
            self._new |= {name: form.format("", name) for name in parameters}
            names = [name for key in ("Conditions", "Mappings") for name in template.get(key) or {}]
            self._sections = {name: form.format("", name) for name in names}

    def id(self, id_: str) -> str:
        """Return the new name of an id, of a generated one by the id it begins with."""
        head, slash, tail = id_.partition("/")
        best = head if head in self._new else ""
        if not best and head not in self._kept:
            best = max((old for old in self._makers if head.startswith(old)), key=len, default="")
        return (self._new[best] + head[len(best) :] if best else head) + slash + tail

    def template(self, template: Template) -> Template:
        """Return the template with all names of resources replaced."""
        renamed: Template = self._value(template)
        names = {**self._new, **self._sections}
        for section in ("Resources", "Parameters", "Conditions", "Mappings"):
            entries = renamed.get(section) or {}
            renamed[section] = {names.get(key, key): body for key, body in entries.items()}
        return renamed

    def file(self, name: str, data: bytes) -> bytes:
        """Return an included file with the names of resources in it replaced."""
        if (b"openapi" not in data and b"swagger" not in data) or b"Resources:" in data:
            return data
        return json.dumps(self._value(plain(name, data.decode()))).encode()

    def _value(self, value: Any) -> Any:
        if isinstance(value, list):
            return [self._value(item) for item in value]
        if not isinstance(value, dict):
            return value
        return {key: self._entry(key, item) for key, item in value.items()}

    def _entry(self, key: str, value: Any) -> Any:
        if key == "Ref" and isinstance(value, str):
            return self.id(value)
        if key == "Fn::GetAtt":
            parts = value.split(".", 1) if isinstance(value, str) else value
            return [self.id(parts[0]), *map(self._value, parts[1:])]
        if key in ("Fn::If", "Fn::FindInMap") and isinstance(value, list):
            return [self._sections.get(str(value[0]), value[0]), *map(self._value, value[1:])]
        if key == "Condition" and isinstance(value, str):
            return self._sections.get(value, value)
        if key == "Fn::Sub":
            return self._sub(value)
        if key == "DependsOn":
            return [self.id(x) for x in value] if isinstance(value, list) else self.id(value)
        if key in ("Source", "Destination") and isinstance(value, dict) and "Id" in value:
            return {**value, "Id": self.id(value["Id"])}
        return self._value(value)

    def _sub(self, value: Any) -> Any:
        if isinstance(value, str):
            return _PLACEHOLDER.sub(self._placeholder, value)
        text, local = value
        names = set(local)

        def placeholder(match: re.Match[str]) -> str:
            return match[0] if match[1] in names else self._placeholder(match)

        return [_PLACEHOLDER.sub(placeholder, text), self._value(local)]

    def _placeholder(self, match: re.Match[str]) -> str:
        return "${" + self.id(match[1])


def reordered(template: Template) -> Template:
    """Return a template whose sections and resources stand in the reverse order."""
    turned = {key: template[key] for key in reversed(template)}
    for section in ("Resources", "Parameters", "Outputs", "Conditions", "Mappings"):
        if isinstance(turned.get(section), dict):
            turned[section] = dict(reversed(turned[section].items()))
    return turned


def with_globals(template: Template) -> Template:
    """Return a SAM template in which what all functions say stands in Globals alone."""
    copy: Template = json.loads(json.dumps(template))
    functions = [
        body.setdefault("Properties", {})
        for body in copy["Resources"].values()
        if body["Type"] == "AWS::Serverless::Function"
    ]
    common = copy.get("Globals", {}).get("Function", {})
    for name in _MOVABLE if functions else ():
        values = [properties.get(name) for properties in functions]
        is_same = values[0] is not None and all(value == values[0] for value in values)
        if is_same and name not in common:
            copy.setdefault("Globals", {}).setdefault("Function", {})[name] = values[0]
            for properties in functions:
                del properties[name]
    return copy


def without_globals(template: Template) -> Template:
    """Return a SAM template whose functions say themselves what stands in Globals."""
    copy: Template = json.loads(json.dumps(template))
    for body in copy["Resources"].values():
        common = copy.get("Globals", {}).get(body["Type"].rpartition("::")[2])
        if common and body["Type"].startswith("AWS::Serverless::"):
            body["Properties"] = _over(common, body.get("Properties") or {})
    copy.pop("Globals", None)
    return copy


def _over(common: Any, own: Any) -> Any:
    if isinstance(common, dict) and isinstance(own, dict):
        return {**common, **{key: _over(common.get(key), value) for key, value in own.items()}}
    return common + own if isinstance(common, list) and isinstance(own, list) else own


def spliced(first: Template, second: Template) -> Template:
    """Return one template with the resources of two, whose names must be different."""
    both: Template = {"Transform": "AWS::Serverless-2016-10-31"}
    for section in ("Parameters", "Mappings", "Conditions", "Resources"):
        both[section] = {**(first.get(section) or {}), **(second.get(section) or {})}
    return both
