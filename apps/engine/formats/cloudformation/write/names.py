"""What components are called by each other: by reference, or by name where that would circle."""

from __future__ import annotations

from collections.abc import Mapping

from apps.engine.formats.cloudformation.write.ground import worded
from apps.engine.formats.cloudformation.write.values import (
    Function,
    Properties,
    Value,
    arn,
    att,
    ref,
    sub,
)
from apps.engine.graph import Architecture, Link

# By kind: the property that names a resource, and what its ARN says of it.
_NAMED = {
    "dynamodb_table": ("TableName", "dynamodb", "table/"),
    "kinesis_stream": ("Name", "kinesis", "stream/"),
    "lambda_function": ("FunctionName", "lambda", "function:"),
    "sns_topic": ("TopicName", "sns", ""),
    "sqs_queue": ("QueueName", "sqs", ""),
    "state_machine": ("StateMachineName", "states", "stateMachine:"),
    "s3_bucket": ("BucketName", "s3", ""),
}
# These have their targets in their own resource, so that it cannot be made before them.
_CARRIERS = frozenset(
    {
        *("lambda_function", "edge_function", "ecs_service", "auto_scaling_group"),
        *("state_machine", "s3_bucket", "cognito_user_pool", "lambda_url", "dax_cluster"),
        *("cloudfront_distribution", "firehose_stream"),
    }
)
# A policy may name what is not made yet.
_BY_NAME = frozenset({"lambda_function", "ecs_service", "auto_scaling_group", "state_machine"})
_POLLED = frozenset({"sqs_queue", "kinesis_stream", "dynamodb_table", "msk_cluster"})
_BY_REF = frozenset({"sns_topic", "state_machine", "secret"})
# What is called by no ARN of its own resource.
_ARNS = {
    "ssm_parameter": ("ssm", "parameter/${%s}"),
    "keyspaces_table": ("cassandra", "/keyspace/${%sKeyspaceName}/table/*"),
    "emr_cluster": ("elasticmapreduce", "cluster/${%s}"),
    "rest_api": ("execute-api", "${%s}/*"),
    "http_api": ("execute-api", "${%s}/*"),
    "websocket_api": ("execute-api", "${%s}/*"),
    "appsync_api": ("appsync", "apis/*"),
}
MAX_BUCKET_STEM = 32


class Names:
    """The names and ARNs of the components of a design."""

    def __init__(self, design: Architecture, ids: Mapping[str, str]) -> None:
        self._kinds = {component.id: component.kind for component in design}
        self._ids = ids
        self._circles = _circles(design, self._kinds)
        self._are_named = {target for _, target in self._circles}

    def is_named(self, source: str, target: str) -> bool:
        """Say whether a component must be called by its name, since a reference would circle.

        Parameters
        ----------
        source : str
            Id of the caller.
        target : str
            Id of the component that is called.

        Returns
        -------
        bool
            True where each of the two leads to the other.
        """
        return (source, target) in self._circles

    def own(self, id_: str) -> Properties:
        """Return the property by which a component gets its name, where it must have one.

        Parameters
        ----------
        id_ : str
            Id of a component.

        Returns
        -------
        dict
            Empty where AWS makes the name.
        """
        if id_ not in self._are_named or self._kinds[id_] not in _NAMED:
            return {}
        return {_NAMED[self._kinds[id_]][0]: sub(self._text(id_))}

    def is_reachable(self, source: str, target: str) -> bool:
        """Say whether a template can name a target in a source at all.

        Parameters
        ----------
        source : str
            Id of the caller.
        target : str
            Id of the component that is called.

        Returns
        -------
        bool
            False in a circle of resources whose names AWS makes.
        """
        can_name = self._kinds[target] in _NAMED and self._kinds[source] in _BY_NAME
        return can_name or not self.is_named(source, target)

    def arn(self, source: str, target: str, attribute: str = "Arn") -> Value:
        """Return the ARN of a component as another one names it.

        Parameters
        ----------
        source : str
            Id of the caller.
        target : str
            Id of the component that is called.
        attribute : str, optional
            The attribute that holds it.

        Returns
        -------
        any
            The value.
        """
        kind, id_ = self._kinds[target], self._ids[target]
        if self.is_named(source, target) and kind in _NAMED:
            _, service, rest = _NAMED[kind]
            if service == "s3":
                return sub(f"arn:${{AWS::Partition}}:s3:::{self._text(target)}")
            return arn(service, rest + self._text(target))
        if kind in _ARNS:
            service, pattern = _ARNS[kind]
            return arn(service, pattern % id_ if "%s" in pattern else pattern)
        return ref(id_) if kind in _BY_REF else att(id_, attribute)

    def below(self, source: str, target: str, path: str) -> Function:
        """Return the ARN of what stands below a component.

        Parameters
        ----------
        source : str
            Id of the caller.
        target : str
            Id of the component.
        path : str
            What follows its ARN.

        Returns
        -------
        Function
            The value.
        """
        whole = self.arn(source, target)
        if whole.name == "Sub":
            return sub(whole.argument + path)
        return sub(f"${{{whole.argument}}}{path}")

    def name(self, source: str, target: str) -> Function:
        """Return what a component is called in the environment of another one.

        Parameters
        ----------
        source : str
            Id of the caller.
        target : str
            Id of the component that is called.

        Returns
        -------
        Function
            The value.
        """
        if self.is_named(source, target):
            return sub(self._text(target))
        return ref(self._ids[target])

    def _text(self, id_: str) -> str:
        if self._kinds[id_] == "s3_bucket":
            stem = worded(self._ids[id_], "-").lower()
            # Names of buckets are those of all accounts, and hold no capital letters.
            return f"{stem[:MAX_BUCKET_STEM]}-${{AWS::AccountId}}-${{AWS::Region}}"
        return f"${{AWS::StackName}}-{self._ids[id_]}"


def _carries(link: Link, kinds: Mapping[str, str]) -> bool:
    source, target = kinds[link.source], kinds[link.target]
    if source == "sqs_queue":
        return target == "sqs_queue"
    return source in _CARRIERS or (source == "dynamodb_table" and target == "kinesis_stream")


def _circles(design: Architecture, kinds: Mapping[str, str]) -> set[tuple[str, str]]:
    """Return the pairs in which a resource names another one that needs it."""
    needs: dict[str, set[str]] = {}
    for link in design.links:
        if _carries(link, kinds):
            needs.setdefault(link.source, set()).add(link.target)
        # What polls names what it takes from.
        elif kinds[link.source] in _POLLED and kinds[link.target] in _BY_NAME:
            needs.setdefault(link.target, set()).add(link.source)
    return {
        (source, target)
        for source, targets in needs.items()
        for target in targets
        if kinds[source] in {*_BY_NAME, "sqs_queue"} and _reaches(needs, target, source)
    }


def _reaches(needs: Mapping[str, set[str]], start: str, end: str) -> bool:
    todo, seen = [start], {start}
    while todo:
        id_ = todo.pop()
        if id_ == end:
            return True
        fresh = needs.get(id_, set()) - seen
        seen |= fresh
        todo.extend(fresh)
    return False
