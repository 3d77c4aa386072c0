"""Scaling in a stack of its own, beside the one whose resources it scales."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from apps.engine.formats.cloudformation.write.decisions import Decision
from apps.engine.formats.cloudformation.write.kinds.compute import ALIAS
from apps.engine.formats.cloudformation.write.scaling import RESOURCE_IDS, scaling_resources
from apps.engine.formats.cloudformation.write.template import VERSION
from apps.engine.formats.cloudformation.write.values import Properties
from apps.engine.formats.cloudformation.write.yaml_text import yaml_text
from apps.engine.graph import Architecture


def scaling_stack(design: Architecture, decisions: Iterable[Decision], name: str = "design") -> str:
    """Return a stack of its own that scales what another stack has made.

    Parameters
    ----------
    design : Architecture
        The design that the decisions are about.
    decisions : iterable of Decision
        What was decided. What `settings_of` returns belongs to the other stack.
    name : str, optional
        What the design is called.

    Returns
    -------
    str
        YAML with a parameter for each name that only the other stack knows; empty where nothing
        is scaled by AWS itself.
    """
    parameters: dict[str, Properties] = {}
    ids = {component.id: _stem(component.id) for component in design}

    def names(id_: str) -> Mapping[str, str]:
        component = design.component(id_)
        pattern = RESOURCE_IDS.get(component.kind, "{name}")
        found = {}
        for field in re.findall(r"\{(\w+)\}", pattern):
            parameter = ids[id_] + field.capitalize()
            what = {"name": "Name", "alias": "Alias"}.get(field, field.capitalize())
            entry = {"Type": "String", "Description": f"{what} of {component.label} at AWS"}
            parameters[parameter] = entry | ({"Default": ALIAS} if field == "alias" else {})
            found[field] = f"${{{parameter}}}"
        return found

    resources = scaling_resources(design, decisions, names, ids)
    if not resources:
        return ""
    return yaml_text(
        {
            "AWSTemplateFormatVersion": VERSION,
            "Description": f"How {name} scales, as decided in Headroom",
            "Parameters": parameters,
            "Resources": {resource.id: resource.body for resource in resources},
        }
    )


def _stem(id_: str) -> str:
    words = re.findall(r"[A-Za-z0-9]+", id_)
    found = "".join(word[0].upper() + word[1:] for word in words)
    return found if found[:1].isalpha() else f"R{found}"
