"""A design drawn by hand → a template that deploys, and reads back as the same design."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from apps.engine.formats.cloudformation import read_templates
from apps.engine.formats.cloudformation.scaling import TARGET
from apps.engine.formats.cloudformation.write.calls import connect
from apps.engine.formats.cloudformation.write.completing import completed
from apps.engine.formats.cloudformation.write.decisions import Decision, implied
from apps.engine.formats.cloudformation.write.finishing import finish
from apps.engine.formats.cloudformation.write.kinds import WRITERS
from apps.engine.formats.cloudformation.write.kinds.compute import ALIAS
from apps.engine.formats.cloudformation.write.noting import notes_of, unwritten
from apps.engine.formats.cloudformation.write.plan import Plan
from apps.engine.formats.cloudformation.write.scaling import (
    at_once,
    scaling_resources,
    settings_of,
)
from apps.engine.formats.cloudformation.write.yaml_text import yaml_text
from apps.engine.graph import Architecture, Link

FILE = "template.yaml"
# What must be there before AWS takes a component as a target of its scaling.
_NEEDED = {"aurora_cluster": ("Writer",), "lambda_function": ("Alias",)}


@dataclass(frozen=True, slots=True)
class DrawnTemplate:
    """A template, and what the person who drew the design should know of it.

    `design` is what the template builds: the drawing with `changes` made.
    """

    text: str
    design: Architecture
    # A sentence for each setting that AWS demands otherwise than it was drawn.
    changes: tuple[str, ...]
    # A sentence for each component, link and setting that no template can express.
    left_out: tuple[str, ...]
    # The links among them.
    missed: tuple[Link, ...]


def write_template(
    design: Architecture, name: str = "design", decisions: Sequence[Decision] = ()
) -> DrawnTemplate:
    """Return a CloudFormation template for a design that was drawn by hand.

    Parameters
    ----------
    design : Architecture
        Components with settings, and links between them.
    name : str, optional
        What the design is called.
    decisions : sequence of Decision, optional
        How components are scaled; they go before what the settings say.

    Returns
    -------
    DrawnTemplate
        YAML, the same for equal designs. Code, images and addresses that no drawing says are
        parameters or places to fill in; passwords are made and kept by AWS.

    Raises
    ------
    InvalidSetting
        If a setting is out of AWS's bounds.

    Notes
    -----
    The template is read back while it is written. What resources cannot say, such as how often
    one calls another, stands in its Metadata, so that reading it gives the same design.
    """
    whole = completed(_decided(design, decisions))
    plan = Plan(whole.design)
    for component in whole.design.modelled():
        WRITERS[component.kind](plan, component)
    missed = [link for component in whole.design.modelled() for link in connect(plan, component.id)]
    finish(plan)
    _scale(plan, [*decisions, *implied(whole.design)])
    order = [component.id for component in whole.design]
    sections = plan.template.sections(order, f"{name}, as drawn in Headroom")
    left_out = (*_components_left(whole.design), *map(_sentence(plan), missed))
    if not plan.template.resources:  # AWS wants one at least.
        sections["Resources"] = {"Nothing": {"Type": "AWS::CloudFormation::WaitConditionHandle"}}
    read = read_templates({FILE: yaml_text(sections).encode()})
    notes = notes_of(whole.design, read, _read_ids(plan, read), missed)
    if notes:
        sections["Metadata"] = {"Headroom": notes}
    left_out = (*left_out, *unwritten(whole.design, plan.ids, notes))
    text = _head(name, left_out) + yaml_text(sections)
    return DrawnTemplate(text, whole.design, whole.changes, left_out, tuple(missed))


def _decided(design: Architecture, decisions: Sequence[Decision]) -> Architecture:
    """Return a design with the decisions that are settings of its components and links."""
    for id_, settings in settings_of(design, decisions).items():
        design = design.with_settings(id_, {**design.component(id_).settings, **settings})
    most = at_once(decisions)
    links = tuple(
        replace(link, settings={**link.settings, "max_concurrency": most[link.source]})
        if link.source in most and design.component(link.target).kind == "lambda_function"
        else link
        for link in design.links
    )
    return replace(design, links=links)


def _scale(plan: Plan, decisions: Sequence[Decision]) -> None:
    """Write targets and policies; of two decisions on the same the first one holds."""
    first: dict[tuple[str, str], Decision] = {}
    for decision in decisions:
        first.setdefault((decision.component, decision.dimension), decision)

    def names(id_: str) -> dict[str, str]:
        own = plan.ids[id_]
        # Of MSK `Ref` is the ARN, and of a group its name.
        return {
            "name": f"${{{own}}}",
            "alias": ALIAS,
            "cluster": f"${{{own}Cluster}}",
            "service": f"${{{own}.Name}}",
            "keyspace": f"${{{own}KeyspaceName}}",
            "table": plan.short(id_, 48).lower(),
        }

    for resource in scaling_resources(plan.design, first.values(), names, plan.ids):
        body, own = resource.body, plan.ids[resource.component]
        needed = [own + one for one in _NEEDED.get(plan.kind(resource.component), ())]
        needed = [id_ for id_ in needed if id_ in plan.template.resources]
        after = {"DependsOn": needed} if needed and body["Type"] == TARGET else {}
        plan.template.add(
            resource.id, body["Type"], body["Properties"], resource.component, **after
        )


def _head(name: str, left_out: tuple[str, ...]) -> str:
    lines = [
        f"# {_one_line(name)}, drawn in Headroom. Deploy it with:",
        "#   aws cloudformation deploy --capabilities CAPABILITY_IAM \\",
        f"#     --template-file {FILE} --stack-name NAME",
        "# Where code, images and addresses were not drawn there are places to fill them in.",
    ]
    lines += [f"# Not here: {_one_line(sentence)}" for sentence in left_out]
    return "\n".join(lines) + "\n"


def _one_line(text: str) -> str:
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def _components_left(design: Architecture) -> list[str]:
    return [
        f"{component.label} ({component.settings.get('type', 'of no known type')}) has no model."
        for component in design.not_modelled()
    ]


def _sentence(plan: Plan) -> Callable[[Link], str]:
    def sentence(link: Link) -> str:
        source, target = (plan.design.component(id_).label for id_ in (link.source, link.target))
        return f"{source} → {target} ({link.role}): AWS has no way for this link as it is drawn."

    return sentence


def _read_ids(plan: Plan, read: Architecture) -> dict[str, str]:
    """Return the ids that components have when the template is read, by those of the design."""
    there = {component.id for component in read}
    ids = dict(plan.ids)
    used: set[str] = set()
    for component in plan.design.modelled():
        if component.kind == "service_api":
            service = str(plan.setting(component.id, "service"))
            if service in there and service not in used:
                used.add(service)
                ids[component.id] = service
    return ids
