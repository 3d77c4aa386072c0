"""Whom a value of a template names: by reference, ARN, address or equal name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from apps.engine.catalog import KINDS
from apps.engine.formats.cloudformation.actions import ACTIONS
from apps.engine.formats.cloudformation.inventory import Inventory
from apps.engine.formats.cloudformation.library import Library
from apps.engine.formats.cloudformation.nodes import Node, Reference, Symbol, flat, leaves
from apps.engine.formats.cloudformation.services import service_of
from apps.engine.formats.cloudformation.stack import Resource
from apps.engine.graph import Source

# Longer texts are documents, and no names.
MAX_ADDRESS = 2_000
_ARN = re.compile(r"arn:[^:]*:([a-z0-9-]+):[^:]*:[^:]*:(.+)")
_QUEUE_URL = re.compile(r"https://(?:sqs\.|[^/]*\.queue\.)[^/]*/[^/]+/([^/?]+)")
_BUCKET_URL = re.compile(r"(?:s3://|https://(?=[^/]*\.s3[.-]))([^/]+?)(?:\.s3[.-][^/]*)?(?:/.*)?")
_ARN_KINDS = re.compile(r"^(?:table|function|stream|stateMachine|event-bus|deliverystream)[/:]")
SERVICE_API = "service_api"


@dataclass(frozen=True, slots=True)
class External:
    """A component that the template uses and does not define."""

    id: str
    kind: str
    service: str
    source: Source


class Naming:
    """The components of a template and those that it only uses, and how values name them."""

    def __init__(self, inventory: Inventory) -> None:
        self.inventory = inventory
        self.externals: dict[str, External] = {}

    @property
    def library(self) -> Library:
        """The files that came along, and the warnings so far."""
        return self.inventory.library

    def resources(self, *types: str) -> list[Resource]:
        """Return the resources of some types.

        Parameters
        ----------
        *types : str
            Types, such as AWS::SQS::Queue.

        Returns
        -------
        list of Resource
            In the order of the template.
        """
        return self.inventory.of_type(*types)

    def kind(self, id_: str) -> str:
        """Return the kind of a component.

        Parameters
        ----------
        id_ : str
            Id of a component, or of a resource that is called.

        Returns
        -------
        str
            Name of a kind.
        """
        external = self.externals.get(id_)
        if external is not None:
            return external.kind
        found = self.inventory.components.get(id_)
        # A parameter or a secret that is called is asked for by the API of its service.
        return found.kind if found is not None else SERVICE_API

    def watches(self, id_: str) -> bool:
        """Say whether a component stands beside the path of requests.

        Parameters
        ----------
        id_ : str
            Id of a component.

        Returns
        -------
        bool
            True where its kind watches or protects.
        """
        return KINDS[self.kind(id_)].WATCHES

    def service(self, id_: str) -> str:
        """Return the short service name of a component or a resource.

        Parameters
        ----------
        id_ : str
            Its id.

        Returns
        -------
        str
            Such as sqs; empty where it is not known.
        """
        external = self.externals.get(id_)
        return external.service if external is not None else self.inventory.service(id_)

    def of_service(self, service: str, near: str) -> list[str]:
        """Return the components of a service that a resource may mean without naming them.

        Parameters
        ----------
        service : str
            Short service name.
        near : str
            Id of the resource that means one: of two systems in one template, its own counts.

        Returns
        -------
        list of str
            Ids, in the order of the template.
        """
        found = self.inventory.by_service.get(service, [])
        return self.inventory.islands.near(near, found) if found else []

    def named_by(self, node: Node | None) -> dict[str, Reference]:
        """Return the components that a value names: by reference, ARN, address or equal name.

        Parameters
        ----------
        node : Node or None
            A value, worked out.

        Returns
        -------
        dict of str to Reference
            By component id, in the order of the value.
        """
        found: dict[str, Reference] = {}
        for leaf in leaves(node):
            for reference in leaf.references() if isinstance(leaf, Symbol) else ():
                id_ = self._component(reference)
                if id_:
                    found.setdefault(id_, reference)
            id_ = self._by_text(leaf.text())
            if id_:
                found.setdefault(id_, Reference(id_, target=id_))
        return found

    def targets(self, node: Node | None) -> list[str]:
        """Return the components that a value names.

        Parameters
        ----------
        node : Node or None
            A value, worked out.

        Returns
        -------
        list of str
            Ids, in the order of the value.
        """
        return list(self.named_by(node))

    def of(self, service: str, node: Node | None) -> list[str]:
        """Return the components of a service that a value names; parts only if there are none.

        Parameters
        ----------
        service : str
            Short service name.
        node : Node or None
            A value, worked out.

        Returns
        -------
        list of str
            Ids.
        """
        named = [id_ for id_ in self.named_by(node) if self.service(id_) == service]
        whole = [id_ for id_ in named if id_ in self.inventory.components]
        return whole or named[:1] or self._by_bare_name(service, node)

    def _by_bare_name(self, service: str, node: Node | None) -> list[str]:
        """Return the components whose names are written in a value the very same way."""
        texts = dict.fromkeys(flat(leaf.text()) for leaf in leaves(node))
        ids = (self.inventory.named.get((service, text), "") for text in texts)
        return [id_ for id_ in ids if id_ in self.inventory.components]

    def target(self, node: Node | None) -> str:
        """Return the first component that a value names, or an empty text.

        Parameters
        ----------
        node : Node or None
            A value, worked out.

        Returns
        -------
        str
            Its id.
        """
        return next(iter(self.named_by(node)), "")

    def component(self, id_: str) -> str:
        """Return the component that a resource is or belongs to.

        One that only supports, but may be called, becomes a component.

        Parameters
        ----------
        id_ : str
            Id of a resource.

        Returns
        -------
        str
            Id of the component; empty where there is none.
        """
        owner = self.inventory.owner(id_)
        if owner or id_ not in self.inventory.resources:
            return owner
        service = service_of(self.inventory.resources[id_].type)
        return id_ if service and service != "ec2" else ""

    def _component(self, reference: Reference) -> str:
        own_name = reference.target.rpartition("/")[2]
        # SAM's role of a function is not the function.
        is_role = reference.name != own_name and reference.name.endswith("Role")
        return self.component(reference.target) if reference.target and not is_role else ""

    def _by_text(self, text: str) -> str:
        if len(text) > MAX_ADDRESS:
            return ""
        for service, name in _names_in(flat(text)):
            id_ = self.inventory.named.get((service, name))
            owner = self.inventory.owner(id_) if id_ else ""
            if owner:
                return owner
        return ""


def arn_service(text: str) -> str:
    """Return the short service name that an ARN speaks of.

    Parameters
    ----------
    text : str
        A text of a template.

    Returns
    -------
    str
        Empty for what is no ARN, or one of a service that carries no load.

    Examples
    --------
    >>> arn_service("arn:aws:kafka:eu-west-1:123456789012:cluster/a/1"), arn_service("orders")
    ('msk', '')
    """
    match = _ARN.match(flat(text[:MAX_ADDRESS]))
    return ACTIONS.get(match[1], match[1]) if match else ""


def _names_in(text: str) -> Iterator[tuple[str, str]]:
    """Yield service and name for every way in which a text may name a resource."""
    arn = _ARN.fullmatch(text)
    if arn:
        service = ACTIONS.get(arn[1], arn[1])
        name = _ARN_KINDS.sub("", arn[2])
        yield service, name
        yield service, name.split("/")[0]
        yield service, name.split(":")[0]
        return
    queue = _QUEUE_URL.fullmatch(text)
    if queue:
        yield "sqs", queue[1]
    bucket = _BUCKET_URL.fullmatch(text)
    if bucket:
        yield "s3", bucket[1]
