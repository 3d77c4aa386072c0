"""The last steps: roles get their statements, and code its environment."""

from __future__ import annotations

from apps.engine.formats.cloudformation.write.plan import Plan
from apps.engine.formats.cloudformation.write.roles import POLICY_VERSION
from apps.engine.formats.cloudformation.write.values import (
    Function,
    Properties,
    Value,
    sub,
)

_POLICY = "calls"


def finish(plan: Plan) -> None:
    """Write what was collected from the links into roles and environments.

    Parameters
    ----------
    plan : Plan
        The template so far.
    """
    for id_, variables in plan.environment.items():
        _tell(plan, id_, dict(sorted(variables.items())))
    for id_, statements in plan.statements.items():
        role = plan.template.resources.get(plan.roles.get(id_, ""))
        if role is not None:
            document = {"Version": POLICY_VERSION, "Statement": statements}
            policy = {"PolicyName": _POLICY, "PolicyDocument": document}
            role.properties.setdefault("Policies", []).append(policy)


def _tell(plan: Plan, id_: str, variables: Properties) -> None:
    match plan.kind(id_):
        case "lambda_function":
            plan.properties(id_)["Environment"] = {"Variables": variables}
        case "ecs_service":
            task = plan.template.resources[f"{plan.ids[id_]}Task"].properties
            task["ContainerDefinitions"][0]["Environment"] = [
                {"Name": name, "Value": value} for name, value in variables.items()
            ]
        case "auto_scaling_group":
            lines = [f"{name}={_in_text(value)}" for name, value in variables.items()]
            script = "#!/bin/bash\ncat >> /etc/environment <<'END'\n" + "\n".join(lines)
            _start(plan, id_)["UserData"] = {"Fn::Base64": sub(f"{script}\nEND\n")}


def _in_text(value: Value) -> str:
    """Return a value as it stands within `!Sub`."""
    if not isinstance(value, Function):
        return str(value)
    return str(value.argument) if value.name == "Sub" else f"${{{value.argument}}}"


def _start(plan: Plan, id_: str) -> Properties:
    """Return the properties that instances start with."""
    if plan.setting(id_, "is_alone"):
        return plan.properties(id_)
    template = plan.template.resources[f"{plan.ids[id_]}Template"]
    data: Properties = template.properties["LaunchTemplateData"]
    return data
