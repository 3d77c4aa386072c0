"""A drawn design on its way to a template: its ids, its roles, and what its code is told."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from apps.engine.catalog import build
from apps.engine.catalog.base import Kind
from apps.engine.formats.cloudformation.write.ground import Ground, worded
from apps.engine.formats.cloudformation.write.names import Names
from apps.engine.formats.cloudformation.write.roles import trusted
from apps.engine.formats.cloudformation.write.rows import properties_of
from apps.engine.formats.cloudformation.write.values import (
    Function,
    Properties,
    Value,
    att,
    ref,
)
from apps.engine.graph import Architecture, Component, Link


class Plan(Ground):
    """What has been decided of the template so far."""

    def __init__(self, design: Architecture) -> None:
        super().__init__(design)
        self.design = design
        self.kinds: dict[str, Kind] = {c.id: build(c) for c in design.modelled()}
        self.names = Names(design, self.ids)
        # What each caller may do, and what its code finds in its environment.
        self.statements: dict[str, list[Properties]] = {}
        self.environment: dict[str, Properties] = {}
        self.roles: dict[str, str] = {}
        # Components that no resource stands for, and links that no mechanism of AWS makes.
        self.outside: dict[str, Component] = {}
        self.left_out: list[str] = []

    def kind(self, id_: str) -> str:
        """Return the kind of a component.

        Parameters
        ----------
        id_ : str
            Id of a component.

        Returns
        -------
        str
            Its name.
        """
        return self.design.component(id_).kind

    def setting(self, id_: str, name: str) -> Any:
        """Return a setting of a component, the default where none is given.

        Parameters
        ----------
        id_ : str
            Id of a component.
        name : str
            Name of the setting.

        Returns
        -------
        any
            In the unit of the setting.
        """
        return getattr(self.kinds[id_], name)

    def rows(self, component: Component, type_: str, *but: str) -> Properties:
        """Return the properties that the settings of a component stand for.

        Parameters
        ----------
        component : Component
            A component.
        type_ : str
            Type of the resource.
        *but : str
            Settings that are not written, or written otherwise.

        Returns
        -------
        dict
            Nested as the resource has them.
        """
        return properties_of(component.kind, type_, component.settings, but=but)

    def main(
        self, component: Component, type_: str, properties: Properties, **attributes: Value
    ) -> str:
        """Write the resource that a component is.

        Parameters
        ----------
        component : Component
            A component.
        type_ : str
            Type of the resource.
        properties : dict
            Its properties.
        **attributes : any
            Such as DependsOn.

        Returns
        -------
        str
            Its logical id.
        """
        id_ = self.ids[component.id]
        self.template.taken.discard(id_)
        named = self.names.own(component.id)
        return self.template.add(id_, type_, {**named, **properties}, component.id, **attributes)

    def part(
        self, owner: str, suffix: str, type_: str, properties: Properties, **attributes: Value
    ) -> str:
        """Write a resource beside that of a component.

        Parameters
        ----------
        owner : str
            Id of the component.
        suffix : str
            What its logical id ends with.
        type_ : str
            Type of the resource.
        properties : dict
            Its properties.
        **attributes : any
            Such as DependsOn.

        Returns
        -------
        str
            Its logical id.
        """
        wanted = self.ids[owner] + suffix
        return self.template.add(wanted, type_, properties, owner, **attributes)

    def properties(self, id_: str) -> Properties:
        """Return the properties of the resource that a component is, to be added to.

        Parameters
        ----------
        id_ : str
            Id of a component.

        Returns
        -------
        dict
            As written so far.
        """
        return self.template.resources[self.ids[id_]].properties

    def has_resource(self, id_: str) -> bool:
        """Say whether a resource stands for a component.

        Parameters
        ----------
        id_ : str
            Id of a component.

        Returns
        -------
        bool
            False for what lies outside of the template.
        """
        return self.ids[id_] in self.template.resources

    def role(self, owner: str, principal: str, *managed: str) -> Function:
        """Return the role of a component; it holds what the component is allowed at the end.

        Parameters
        ----------
        owner : str
            Id of the component.
        principal : str
            The service that takes the role.
        *managed : str
            Paths of policies of AWS.

        Returns
        -------
        Function
            Its ARN.
        """
        if owner not in self.roles:
            properties = trusted(principal)
            if managed:
                properties["ManagedPolicyArns"] = [
                    Function("Sub", f"arn:${{AWS::Partition}}:iam::aws:policy/{path}")
                    for path in managed
                ]
            self.roles[owner] = self.part(owner, "Role", "AWS::IAM::Role", properties)
        return att(self.roles[owner])

    def allow(self, caller: str, actions: Iterable[str], resources: Iterable[Value]) -> None:
        """Allow a component something, in a statement of its own.

        Parameters
        ----------
        caller : str
            Id of the component.
        actions : iterable of str
            Such as sqs:SendMessage.
        resources : iterable of any
            ARNs.
        """
        kept, named = list(actions), list(resources)
        statement = {
            "Effect": "Allow",
            "Action": kept[0] if len(kept) == 1 else kept,
            "Resource": named[0] if len(named) == 1 else named,
        }
        statements = self.statements.setdefault(caller, [])
        if statement not in statements:
            statements.append(statement)

    def tell(self, caller: str, target: str, suffix: str, value: Value) -> None:
        """Put what the code of a component needs to find another one into its environment.

        Parameters
        ----------
        caller : str
            Id of the component whose code it is.
        target : str
            Id of the component that is found.
        suffix : str
            What the name of the variable ends with.
        value : any
            The value.
        """
        stem = worded(self.ids[target], "_").upper()
        name = stem if stem.endswith(suffix) else f"{stem}_{suffix}"
        self.environment.setdefault(caller, {})[name] = value

    def inbound(self, id_: str, *roles: str) -> list[Link]:
        """Return the links into a component, by some doors only where they are named.

        Parameters
        ----------
        id_ : str
            Id of a component.
        *roles : str
            Doors.

        Returns
        -------
        list of Link
            In the order of the design.
        """
        return [link for link in self.design.inbound(id_) if not roles or link.role in roles]

    def ref(self, id_: str) -> Function:
        """Return `!Ref` of the resource that a component is.

        Parameters
        ----------
        id_ : str
            Id of a component.

        Returns
        -------
        Function
            The value.
        """
        return ref(self.ids[id_])
