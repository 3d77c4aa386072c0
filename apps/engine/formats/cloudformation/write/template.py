"""A template while it is written: resources with what they are there for, and parameters."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from apps.engine.formats.cloudformation.write.values import Function, Properties, Value, ref

VERSION = "2010-09-09"
# What AWS takes for a logical id.
MAX_ID = 255


@dataclass(slots=True)
class Written:
    """One resource, and the component that it is or serves."""

    type: str
    properties: Properties
    owner: str
    attributes: Properties = field(default_factory=dict)


@dataclass(slots=True)
class Template:
    """Resources and parameters by logical id."""

    resources: dict[str, Written] = field(default_factory=dict)
    parameters: dict[str, Properties] = field(default_factory=dict)
    taken: set[str] = field(default_factory=set)

    def free(self, wanted: str) -> str:
        """Return a logical id that nothing has, and keep it.

        Parameters
        ----------
        wanted : str
            Any text; what no id may hold is left out.

        Returns
        -------
        str
            The text itself where it is free, else with a number.
        """
        stem = re.sub(r"[^A-Za-z0-9]", "", wanted)[: MAX_ID - 5] or "Resource"
        number, id_ = 2, stem
        while id_ in self.taken:
            number, id_ = number + 1, f"{stem}{number}"
        self.taken.add(id_)
        return id_

    def add(
        self, wanted: str, type_: str, properties: Properties, owner: str, **attributes: Value
    ) -> str:
        """Add a resource.

        Parameters
        ----------
        wanted : str
            The logical id, if it is free.
        type_ : str
            Such as AWS::SQS::Queue.
        properties : dict
            Its properties.
        owner : str
            Id of the component that it is there for.
        **attributes : any
            Such as DependsOn.

        Returns
        -------
        str
            Its logical id.
        """
        id_ = self.free(wanted)
        self.resources[id_] = Written(type_, properties, owner, attributes)
        return id_

    def parameter(
        self, name: str, description: str, type_: str = "String", default: Value = None
    ) -> Function:
        """Return a reference to a parameter, which is made once.

        Parameters
        ----------
        name : str
            Its name.
        description : str
            What to give.
        type_ : str, optional
            As CloudFormation names it.
        default : any, optional
            None where the person who deploys must say it.

        Returns
        -------
        Function
            `!Ref name`.
        """
        if name not in self.parameters:
            self.taken.add(name)
            entry = {"Type": type_, "Description": description}
            self.parameters[name] = entry if default is None else entry | {"Default": default}
        return ref(name)

    def sections(self, order: list[str], description: str) -> dict[str, Value]:
        """Return the template as a tree: what serves a component stands behind it.

        Parameters
        ----------
        order : list of str
            Ids of the components.
        description : str
            What the template builds.

        Returns
        -------
        dict
            Sections by name.
        """
        rank = {id_: index for index, id_ in enumerate(order)}
        found = sorted(self.resources.items(), key=lambda pair: rank.get(pair[1].owner, len(rank)))
        sections: dict[str, Value] = {
            "AWSTemplateFormatVersion": VERSION,
            "Description": description,
        }
        if self.parameters:
            sections["Parameters"] = self.parameters
        sections["Resources"] = {id_: _body(resource) for id_, resource in found}
        return sections


def _body(resource: Written) -> dict[str, Value]:
    body: dict[str, Value] = {"Type": resource.type, **resource.attributes}
    return body | {"Properties": resource.properties} if resource.properties else body
