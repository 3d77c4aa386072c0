"""What every part of a template stands on: logical ids, and what only a person can say."""

from __future__ import annotations

import re

from apps.engine.formats.cloudformation.write.template import Template
from apps.engine.formats.cloudformation.write.values import Function, Value, pick
from apps.engine.graph import Architecture, Component

VPC, SUBNETS, GROUPS = "VpcId", "SubnetIds", "SecurityGroupIds"
_NETWORK = {
    VPC: ("The VPC that the databases and the code beside them stand in", "AWS::EC2::VPC::Id"),
    SUBNETS: (
        "Private subnets of that VPC, each in an Availability Zone of its own",
        "List<AWS::EC2::Subnet::Id>",
    ),
    GROUPS: (
        "Security groups that let the code reach the databases",
        "List<AWS::EC2::SecurityGroup::Id>",
    ),
}


class Ground:
    """The template, the logical ids of its components, and its parameters."""

    def __init__(self, design: Architecture) -> None:
        self.template = Template(taken={VPC, SUBNETS, GROUPS})
        self.ids = {c.id: self.template.free(_wanted(c)) for c in design}

    def short(self, id_: str, most: int) -> str:
        """Return the logical id of a component, cut where a name must be shorter.

        Parameters
        ----------
        id_ : str
            Id of a component.
        most : int
            Characters that AWS takes.

        Returns
        -------
        str
            The same for no two components.
        """
        own = self.ids[id_]
        number = f"{list(self.ids).index(id_):03d}"
        return own if len(own) <= most else own[: most - len(number)] + number

    def vpc(self) -> Function:
        """Return the VPC that a person names.

        Returns
        -------
        Function
            A parameter.
        """
        return self._network(VPC)

    def subnets(self, number: int = 0) -> Value:
        """Return the subnets that a person names, or so many of them.

        Parameters
        ----------
        number : int, optional
            How many; 0 for all.

        Returns
        -------
        any
            A parameter, or a list of its items.
        """
        whole = self._network(SUBNETS)
        return [pick(index, SUBNETS) for index in range(number)] if number else whole

    def groups(self) -> Function:
        """Return the security groups that a person names.

        Returns
        -------
        Function
            A parameter.
        """
        return self._network(GROUPS)

    def _network(self, name: str) -> Function:
        description, type_ = _NETWORK[name]
        return self.template.parameter(name, description, type_)

    def ask(self, owner: str, suffix: str, description: str, default: Value = None) -> Function:
        """Return a parameter for what a drawing does not say of a component.

        Parameters
        ----------
        owner : str
            Id of the component.
        suffix : str
            What the name of the parameter ends with.
        description : str
            What to give.
        default : any, optional
            None where the person who deploys must say it.

        Returns
        -------
        Function
            `!Ref name`.
        """
        return self.template.parameter(self.ids[owner] + suffix, description, default=default)


def worded(id_: str, between: str) -> str:
    """Return a logical id with its words parted.

    Parameters
    ----------
    id_ : str
        A logical id.
    between : str
        What parts the words.

    Returns
    -------
    str
        In the case that it has.

    Examples
    --------
    >>> worded("DynamoDBTable1", "_")
    'Dynamo_DB_Table1'
    """
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", between, id_)


def _wanted(component: Component) -> str:
    if component.id.isalnum() and component.id.isascii() and component.id[0].isalpha():
        return component.id
    words = re.findall(r"[A-Za-z0-9]+", component.name) or re.findall(r"[A-Za-z0-9]+", component.id)
    wanted = "".join(word[0].upper() + word[1:] for word in words)[:60]
    return wanted if wanted and wanted[0].isalpha() else f"R{wanted}"
