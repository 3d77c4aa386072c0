"""What the rules of a web ACL are, as templates write them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from apps.engine.catalog._template import Conversion, Property

RULE, GROUP, MANAGED = "rule", "group", "managed"
# Managed groups that are billed by what they look at.
# https://docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-list.html
BOT_CONTROL = "AWSManagedRulesBotControlRuleSet"
FRAUD = frozenset({"AWSManagedRulesATPRuleSet", "AWSManagedRulesACFPRuleSet"})
COMMON, TARGETED = "COMMON", "TARGETED"
_GROUPS: Final[Mapping[str, str]] = {
    "RuleGroupReferenceStatement": GROUP,
    "rule_group_reference_statement": GROUP,
    "ManagedRuleGroupStatement": MANAGED,
    "managed_rule_group_statement": MANAGED,
}


def _blocks(value: Any) -> Iterator[Mapping[str, Any]]:
    """Yield what is written once, or in a list."""
    for one in value if isinstance(value, list) else [value]:
        if isinstance(one, Mapping):
            yield one


def _sort(rule: Any) -> str:
    """Say whether an entry is a rule, a group of one's own, or one of a vendor."""
    if not isinstance(rule, Mapping):
        return RULE
    if str(rule.get("type", rule.get("Type", ""))) == "GROUP":
        return GROUP
    for statement in _blocks(rule.get("statement", rule.get("Statement"))):
        for name, sort in _GROUPS.items():
            if statement.get(name):
                return sort
    return RULE


def _number(sort: str) -> Conversion:
    def count(value: Any) -> int | None:
        number = sum(_sort(rule) == sort for rule in value)
        return number if number or sort == RULE else None

    return Conversion(count, lambda number: [None] * number)


def _managed(value: Any) -> Iterator[Mapping[str, Any]]:
    for rule in _blocks(value):
        for statement in _blocks(rule.get("statement", rule.get("Statement"))):
            for name, sort in _GROUPS.items():
                if sort == MANAGED:
                    yield from _blocks(statement.get(name))


def _bot_control(value: Any) -> str | None:
    """Return how closely requests of bots are looked at, None where they are not."""
    for group in _managed(value):
        if group.get("name", group.get("Name")) == BOT_CONTROL:
            return TARGETED if TARGETED in str(group) else COMMON
    return None


def _fraud_groups(value: Any) -> int | None:
    return sum(group.get("name", group.get("Name")) in FRAUD for group in _managed(value)) or None


def rows(type_: str, path: str) -> tuple[Property, ...]:
    """Return the rows that read the list of rules of a resource type.

    Parameters
    ----------
    type_ : str
        A resource type.
    path : str
        Where its rules stand.

    Returns
    -------
    tuple[Property, ...]
        Rows of a template.
    """
    return (
        Property(type_, path, "rules", _number(RULE)),
        Property(type_, path, "rule_groups", _number(GROUP)),
        Property(type_, path, "managed_rule_groups", _number(MANAGED)),
        Property(type_, path, "bot_control", Conversion(_bot_control, str)),
        Property(type_, path, "fraud_groups", Conversion(_fraud_groups, int)),
    )
