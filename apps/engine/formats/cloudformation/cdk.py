"""What the AWS CDK writes beside the resources of a template that it synthesises."""

from __future__ import annotations

from apps.engine.formats.cloudformation.nodes import Node

_PATH, _ASSET = "Metadata.aws:cdk:path", "Metadata.aws:asset:path"
# The last step of a path, for the resource in a construct.
_INNER = ("Resource", "Default")
# Code of the CDK's own, which runs while a stack is deployed and never after.
_PROVIDERS = ("Custom::", "framework-", "LogRetention", "AWS679f53fac002430cb0da5b7982bd2287")
METADATA = "AWS::CDK::Metadata"


def construct_name(body: Node) -> str:
    """Return the name of the construct that a resource was made from.

    Parameters
    ----------
    body : Node
        The resource as it stands in the template.

    Returns
    -------
    str
        Its path without the stack, such as Orders/Queue; empty where no CDK wrote it.
    """
    steps = _steps(body)[1:]
    if len(steps) > 1 and steps[-1] in _INNER:
        steps = steps[:-1]
    return "/".join(steps)


def is_provider(body: Node) -> bool:
    """Return whether a resource belongs to the CDK's own code for deployments.

    Parameters
    ----------
    body : Node
        The resource as it stands in the template.

    Returns
    -------
    bool
        True for what serves custom resources.
    """
    return any(step.startswith(_PROVIDERS) for step in _steps(body))


def asset_of(body: Node) -> Node | None:
    """Return the file beside the template in which the CDK put a nested stack.

    Parameters
    ----------
    body : Node
        The resource as it stands in the template.

    Returns
    -------
    Node or None
        Its name; None where the CDK does not say it.
    """
    return body.get(_ASSET)


def _steps(body: Node) -> list[str]:
    path = body.get(_PATH)
    return path.text().split("/") if path is not None else []
