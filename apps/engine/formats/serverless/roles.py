"""What functions may do: one role for all of them, or one each by a plugin."""

from __future__ import annotations

from apps.engine.formats.cloudformation.building import (
    Written,
    get_att,
    is_true,
    resource,
    text_of,
)
from apps.engine.formats.cloudformation.nodes import ListNode, MapNode, Node
from apps.engine.formats.serverless import names
from apps.engine.formats.serverless.service import Function, Service

# Own statements of a function: serverless-iam-roles-per-function, and the framework's v4.
_OWN = ("iamRoleStatements", "iam.role.statements")
_INHERITS = ("iamRoleStatementsInherit", "iam.inheritStatements")
_COMMON = ("iam.role.statements", "iamRoleStatements")
_MANAGED = ("iam.role.managedPolicies", "iamManagedPolicies")
_FOREIGN = ("iam.role", "role")


def role(service: Service, function: Function) -> Written:
    """Return the role by which a function acts.

    Parameters
    ----------
    service : Service
        The service, to which the common role is added.
    function : Function
        The function.

    Returns
    -------
    Written
        None for one that SAM makes of the policies.
    """
    own = function.get("role") or _foreign(service.provider)
    if own is not None and _statements(function.body, _OWN) is None:
        return get_att(text_of(own)) if text_of(own) in service.resources else own
    if _statements(function.body, _OWN) is not None:
        return None
    _add_common(service)
    return get_att(names.ROLE)


def policies(service: Service, function: Function) -> Written:
    """Return the policies of a function that has its own.

    Parameters
    ----------
    service : Service
        The service.
    function : Function
        The function.

    Returns
    -------
    Written
        None where it acts by the common role.
    """
    own = _statements(function.body, _OWN)
    if own is None:
        return None
    inherits = any(is_true(function.get(path)) for path in _INHERITS)
    inherits = inherits or is_true(
        service.variables.at("custom.serverless-iam-roles-per-function.defaultInherit")
    )
    common = _statements(service.provider, _COMMON) if inherits else None
    statements = (*own.elements(), *(common.elements() if common is not None else ()))
    managed = _statements(service.provider, _MANAGED) if inherits else None
    return [{"Statement": statements}, *(managed.elements() if managed is not None else ())]


def _foreign(provider: Node) -> Node | None:
    """Return a role that the service does not make: a name, an address or a reference."""
    for path in _FOREIGN:
        found = provider.get(path)
        if found is None:
            continue
        is_call = isinstance(found, MapNode) and any(
            key == "Ref" or key.startswith("Fn::") for key in found.entries
        )
        if is_call or found.text():
            return found
    return None


def _add_common(service: Service) -> None:
    if names.ROLE in service.resources:
        return
    at = service.provider
    statements = _statements(at, _COMMON)
    managed = _statements(at, _MANAGED)
    policy = {"PolicyName": service.name, "PolicyDocument": {"Statement": statements}}
    properties = {
        "Policies": [policy] if statements is not None else None,
        "ManagedPolicyArns": managed,
    }
    service.add(names.ROLE, resource("AWS::IAM::Role", properties), at)


def _statements(node: Node, paths: tuple[str, ...]) -> Node | None:
    """Return the first of some lists that is there; lists in it are laid out."""
    found = next((x for x in map(node.get, paths) if x is not None), None)
    if found is None:
        return None
    items: list[Node] = []
    for item in found.elements():
        items += item.items if isinstance(item, ListNode) else (item,)
    return ListNode(found.file, found.line, tuple(items))
