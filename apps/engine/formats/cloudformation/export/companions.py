"""What AWS wants written beside a property that is new in a template."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from apps.engine.catalog import KINDS, build
from apps.engine.catalog.base import Property
from apps.engine.formats.cloudformation.export.wishes import Wish
from apps.engine.formats.cloudformation.settings import rows_of
from apps.engine.formats.cloudformation.stack import Resource
from apps.engine.formats.errors import CannotWrite
from apps.engine.graph import Component

ALIAS = "live"
_FUNCTION, _WARM = "AWS::Serverless::Function", ("ProvisionedConcurrencyConfig",)
# AWS takes these only with all that they can hold of settings.
WHOLES = (
    "ProvisionedThroughput",
    "BillingMode.ProvisionedThroughput",
    "ServerlessV2ScalingConfiguration",
)
RETENTION_DAYS = (
    *(1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731),
    *(1096, 1827, 2192, 2557, 2922, 3288, 3653),
)
# What the kinds can be and one property alone cannot say, by the words that AWS takes there.
# https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ecs-service.html
# https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-logs-loggroup.html
TAKEN: dict[tuple[str, str], frozenset[str]] = {
    ("AWS::ECS::Service", "LaunchType"): frozenset({"EC2", "EXTERNAL", "FARGATE"}),
    ("AWS::Logs::LogGroup", "RetentionInDays"): frozenset(map(str, RETENTION_DAYS)),
}


def companions(now: Component, resource: Resource, wishes: Sequence[Wish]) -> Iterator[Wish]:
    """Yield what must be written beside the properties of changed settings.

    Parameters
    ----------
    now : Component
        The component as it was read.
    resource : Resource
        Its own resource.
    wishes : sequence of Wish
        The properties of its changed settings.

    Yields
    ------
    Wish
        The other half of a pair, and the alias that provisioned concurrency stands on.

    Raises
    ------
    CannotWrite
        If nobody said what the other half is, or AWS does not take a value there.
    """
    for wish in wishes:
        _check_taken(wish)
    is_kept_warm = any(wish.path[:1] == _WARM and wish.value for wish in wishes)
    if resource.type == _FUNCTION and is_kept_warm and resource.get("AutoPublishAlias") is None:
        why = f"{resource.id} has the alias '{ALIAS}' now: provisioned concurrency needs one."
        yield Wish("provisioned_concurrency", resource, ("AutoPublishAlias",), ALIAS, why)
    written = {wish.path for wish in wishes if wish.resource is resource and wish.value is not None}
    for whole in WHOLES:
        rows = [
            r for r in rows_of(KINDS[now.kind], resource.type) if r.path.startswith(f"{whole}.")
        ]
        lacking = [row for row in rows if tuple(row.path.split(".")) not in written]
        if resource.get(whole) is None and lacking and len(lacking) < len(rows):
            yield from (_other(now, resource, row) for row in lacking)


def _other(now: Component, resource: Resource, row: Property) -> Wish:
    value = getattr(build(now), row.setting)
    if not value:
        raise CannotWrite(f"AWS wants {row.path} of {resource.id} as well; give {row.setting} too.")
    why = f"{row.path} of {resource.id} is written down too, as AWS wants it."
    return Wish(row.setting, resource, tuple(row.path.split(".")), row.conversion.write(value), why)


def _check_taken(wish: Wish) -> None:
    taken = TAKEN.get((wish.resource.type, ".".join(wish.path)))
    if taken is None or wish.value is None:
        return
    word = f"{wish.value:g}" if isinstance(wish.value, float) else str(wish.value)
    if word not in taken:
        listed = ", ".join(sorted(taken, key=lambda each: (len(each), each)))
        raise CannotWrite(f"{wish.words} cannot be {word}: AWS takes {listed}.")
