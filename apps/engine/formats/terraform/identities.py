"""Which resource a text of a plan or a state names: by its ARN, its id, its URL."""

from __future__ import annotations

import re
from collections.abc import Iterable

from apps.engine.formats.cloudformation.functions import joined
from apps.engine.formats.cloudformation.nodes import Node, Reference, Scalar
from apps.engine.formats.terraform.recorded import MANAGED, Recorded
from apps.engine.formats.terraform.values import is_identity

# Shorter texts may mean anything.
_MIN_LENGTH = 4
_MAX_LENGTH = 100_000
_NAMING = re.compile(r"""arn:aws[\w-]*:[^\s"',\\]+|https://[^\s"',\\]+|integrations/[\w-]+""")
# Attributes that hold an ARN or address of the resource itself, and of none that it names.
_OWN = frozenset(
    {
        *("arn", "id", "url", "invoke_arn", "execution_arn", "stream_arn", "api_endpoint"),
        *("qualified_arn", "qualified_invoke_arn", "function_url", "queue_url", "invoke_url"),
    }
)
# Words that people chose for it.
_NAMES = frozenset(
    {
        *("id", "name", "identifier", "bucket", "function_name", "cluster_identifier"),
        *("repository_name", "domain_name", "cluster_id", "replication_group_id"),
    }
)
# Those by which it is reached over the network.
_HOSTS = frozenset(
    {
        *("address", "endpoint", "reader_endpoint", "dns_name", "domain_name", "api_endpoint"),
        *("primary_endpoint_address", "configuration_endpoint", "cluster_address"),
        *("bucket_domain_name", "bucket_regional_domain_name", "configuration_endpoint_address"),
    }
)
# Of attributes that name by a plain word: the type that is meant.
_MEANT = {
    "autoscaling_group_name": "aws_autoscaling_group",
    "bucket": "aws_s3_bucket",
    "cluster_identifier": "aws_rds_cluster",
    "db_cluster_identifier": "aws_rds_cluster",
    "db_instance_identifier": "aws_db_instance",
    "db_proxy_name": "aws_db_proxy",
    "event_bus_name": "aws_cloudwatch_event_bus",
    "function_name": "aws_lambda_function",
    "log_group_name": "aws_cloudwatch_log_group",
    "role": "aws_iam_role",
    "roles": "aws_iam_role",
    "rule": "aws_cloudwatch_event_rule",
    "stream_name": "aws_kinesis_stream",
    "table_name": "aws_dynamodb_table",
}


class Identities:
    """What the resources of a file are known by."""

    def __init__(self, resources: Iterable[Recorded]) -> None:
        self._owners: dict[str, str] = {}
        self._typed: dict[tuple[str, str], str] = {}
        self._words: dict[str, str] = {}
        self._hosts: dict[str, str] = {}
        for resource in resources:
            if resource.mode == MANAGED:
                self._add(resource)

    def _add(self, resource: Recorded) -> None:
        address = resource.address
        for name, value in resource.values.items():
            if not isinstance(value, str) or len(value) < _MIN_LENGTH or not is_identity(name):
                continue
            if name in _NAMES:
                self._typed.setdefault((resource.type, value), address)
            # What AWS makes up is of one resource alone; words that people chose may not be.
            if name in _HOSTS:
                self._hosts.setdefault(_host(value), address)
            if _NAMING.fullmatch(value):
                if name in _OWN:
                    self._owners.setdefault(value, address)
            elif name == "id":
                known = self._words.setdefault(value, address)
                if known != address:
                    self._words[value] = ""

    def named(self, attribute: str, node: Scalar, own: str) -> Node:
        """Return a text with the resources that it names as references.

        Parameters
        ----------
        attribute : str
            In which it stands.
        node : Scalar
            The text.
        own : str
            Address of the resource that it belongs to.

        Returns
        -------
        Node
            A symbol where it names another resource.
        """
        text = node.text()
        if not _MIN_LENGTH <= len(text) <= _MAX_LENGTH:
            return node
        meant = self._typed.get((_MEANT.get(attribute, ""), text), "")
        word = meant or (self._words.get(text, "") if is_identity(attribute) else "")
        word = word or self._hosts.get(_host(text), "")
        if word and word != own:
            return joined(node, [Reference(word, "id", word)])
        parts: list[str | Reference] = []
        end = 0
        for match in _NAMING.finditer(text):
            found, length = self._longest(match[0])
            if found and found != own:
                parts += [text[end : match.start()], Reference(found, "arn", found)]
                end = match.start() + length
        return joined(node, [*parts, text[end:]]) if parts else node

    def _longest(self, text: str) -> tuple[str, int]:
        """Return whose name a text begins with, and how long that name is."""
        if text.startswith("integrations/"):
            return self._words.get(text.partition("/")[2], ""), len(text)
        length = len(text)
        while length > _MIN_LENGTH:
            owner = self._owners.get(text[:length])
            if owner:
                return owner, length
            length = max(text.rfind(sign, 0, length) for sign in "/:*?")
        return "", 0


def _host(value: str) -> str:
    """Return the host of an address, its port left out."""
    return value.removeprefix("https://").split("/")[0].split(":")[0]
