"""One stage of Zappa's settings while it becomes a template."""

from __future__ import annotations

import re
from collections.abc import Mapping

from apps.engine.formats.cloudformation.building import (
    Written,
    get_att,
    resource,
    text_of,
    written,
)
from apps.engine.formats.cloudformation.library import Library
from apps.engine.formats.cloudformation.nodes import MapNode, Node

_OTHER = re.compile(r"[^0-9A-Za-z]+")
# What an address names: its type, the property of its name, and how its logical id ends.
_KINDS = {
    "dynamodb": ("AWS::DynamoDB::Table", "TableName", "Table"),
    "kinesis": ("AWS::Kinesis::Stream", "Name", "Stream"),
    "s3": ("AWS::S3::Bucket", "BucketName", "Bucket"),
    "sns": ("AWS::SNS::Topic", "TopicName", "Topic"),
    "sqs": ("AWS::SQS::Queue", "QueueName", "Queue"),
}


class Stage:
    """The settings of a stage, and the resources that they come to."""

    def __init__(self, library: Library, name: str, settings: Node, line: int) -> None:
        self.library, self.name, self.settings, self.line = library, name, settings, line
        project = text_of(settings.get("project_name"))
        self.function_name = f"{project}-{name}" if project else ""
        self.prefix = _camel(name)
        self.function = f"{self.prefix}Function"
        self.resources: dict[str, Node] = {}
        self.lines: dict[str, int] = {self.function: line}
        self.events: dict[str, Node] = {}
        self.policies: list[Written] = []
        self.url: Written = None

    def get(self, key: str) -> Node | None:
        """Return a setting of the stage.

        Parameters
        ----------
        key : str
            Its key.

        Returns
        -------
        Node or None
            None where it is not set, or set to null.
        """
        found = self.settings.get(key)
        return found if found is not None and found.elements() else None

    def add(self, id_: str, body: Written, at: Node) -> None:
        """Add a resource.

        Parameters
        ----------
        id_ : str
            Its logical id.
        body : Node or mapping
            Type and Properties.
        at : Node
            What it is read from.
        """
        self.resources[id_] = written(at, body)
        self.lines.setdefault(id_, at.line)

    def event(self, name: str, type_: str, at: Node, properties: Mapping[str, Written]) -> None:
        """Add an event of SAM to the function.

        Parameters
        ----------
        name : str
            Its name.
        type_ : str
            Its type in SAM.
        at : Node
            What it is read from.
        properties : mapping
            Those that are None are left out.
        """
        self.events[name] = written(at, {"Type": type_, "Properties": properties})

    def allow(self, action: str, id_: str) -> None:
        """Let the function do something with a resource.

        Parameters
        ----------
        action : str
            Such as sns:Publish.
        id_ : str
            Logical id of the resource.
        """
        statement: Written = {"Effect": "Allow", "Action": action, "Resource": get_att(id_)}
        self.policies.append({"Statement": [statement]})

    def add_named(self, service: str, name: str, at: Node | None = None) -> str:
        """Add a resource that the settings name and do not describe.

        Parameters
        ----------
        service : str
            Such as sqs.
        name : str
            Its name.
        at : Node, optional
            Where it is named.

        Returns
        -------
        str
            Its logical id; empty for a service of which no resource can be made.
        """
        type_, key, end = _KINDS.get(service, ("", "", ""))
        if not type_:
            return ""
        id_ = _camel(name) + end
        if id_ not in self.resources:
            self.add(id_, resource(type_, {key: name}), at or self.settings)
        return id_

    def add_address(self, arn: Node) -> str:
        """Add the resource of an address, taken with AWS's defaults.

        Parameters
        ----------
        arn : Node
            Such as arn:aws:sqs:us-east-1:123456789012:orders.

        Returns
        -------
        str
            Its logical id; empty where the address is of no known service.
        """
        parts = text_of(arn).split(":", 5)
        if len(parts) < 6 or parts[2] not in _KINDS:
            return ""
        name = parts[5].removeprefix("table/").removeprefix("stream/").split("/")[0]
        id_ = self.add_named(parts[2], name, arn)
        self.library.warn(
            f"{id_} is used and not defined here; it is taken with AWS's defaults.", arn.at
        )
        return id_

    def named(self, arn: Node | None) -> Written:
        """Return what names the resource of an address.

        Parameters
        ----------
        arn : Node or None
            The address.

        Returns
        -------
        Written
            A reference to a resource of the template, else the address itself.
        """
        id_ = self.add_address(arn) if arn is not None else ""
        return get_att(id_) if id_ else arn

    def template(self) -> Node:
        """Return the stage as a template.

        Returns
        -------
        Node
            Of CloudFormation and SAM.
        """
        at = self.settings
        resources = MapNode(at.file, at.line, self.resources, self.lines)
        transform = written(at, ["AWS::Serverless-2016-10-31", "Zappa"])
        return MapNode(at.file, at.line, {"Transform": transform, "Resources": resources})


def _camel(name: str) -> str:
    return "".join(part[:1].upper() + part[1:] for part in _OTHER.split(name))
