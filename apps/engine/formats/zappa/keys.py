"""Any design → the keys of zappa_settings.json that scale its function."""

from __future__ import annotations

import json
from typing import Any

from apps.engine.graph import Architecture, Component

_LAMBDA = "lambda_function"
_FRONTS = ("rest_api", "http_api", "lambda_url", "load_balancer")
_KEYS = (
    ("runtime", "runtime"),
    ("memory_mb", "memory_size"),
    ("timeout_s", "timeout_seconds"),
    ("architecture", "architecture"),
    ("reserved_concurrency", "lambda_concurrency"),
    ("provisioned_concurrency", "provisioned_concurrency"),
)


def zappa_keys(architecture: Architecture) -> tuple[str, tuple[str, ...]]:
    """Return zappa_settings.json for a design: one stage for each function that people call.

    Parameters
    ----------
    architecture : Architecture
        The design.

    Returns
    -------
    (str, tuple of str)
        The file, and sentences on what it does not hold. The text is empty without a function.
    """
    functions = [component for component in architecture if component.kind == _LAMBDA]
    called = [one for one in functions if _fronts(architecture, one)] or functions[:1]
    stages = {_stage(one, called): _settings(architecture, one) for one in called}
    others = [one.id for one in functions if one not in called]
    notes = []
    if others:
        notes.append(
            f"Left out, since no request comes to them through an API: {', '.join(others)}. "
            "Zappa deploys one function a stage."
        )
    return (json.dumps(stages, indent=4) + "\n" if stages else ""), tuple(notes)


def _stage(function: Component, called: list[Component]) -> str:
    return "production" if len(called) == 1 else f"production_{_plain(function.id)}"


def _plain(id_: str) -> str:
    return "".join(sign if sign.isalnum() else "_" for sign in id_).lower()


def _fronts(architecture: Architecture, function: Component) -> set[str]:
    sources = (architecture.component(x.source).kind for x in architecture.inbound(function.id))
    return {kind for kind in sources if kind in _FRONTS}


def _settings(architecture: Architecture, function: Component) -> dict[str, Any]:
    values = function.settings
    found = {key: _whole(values[name]) for name, key in _KEYS if values.get(name) is not None}
    if values.get("ephemeral_mb"):
        found["ephemeral_storage"] = {"Size": values["ephemeral_mb"]}
    if values.get("snap_start"):
        found["snap_start"] = "PublishedVersions"
    if values.get("is_traced"):
        found["xray_tracing"] = True
    if values.get("is_in_vpc"):
        found["vpc_config"] = {"SubnetIds": [], "SecurityGroupIds": []}
    # One environment is kept warm anyway by provisioned concurrency, and none is needed by
    # SnapStart.
    found["keep_warm"] = not (values.get("provisioned_concurrency") or values.get("snap_start"))
    return found | _front(_fronts(architecture, function))


def _front(fronts: set[str]) -> dict[str, Any]:
    found: dict[str, Any] = {"apigateway_enabled": bool(fronts & {"rest_api", "http_api"})}
    if "http_api" in fronts:
        found["apigateway_version"] = "v2"
    if "lambda_url" in fronts:
        found["function_url_enabled"] = True
    if "load_balancer" in fronts:
        found["alb_enabled"] = True
    return found


def _whole(value: Any) -> Any:
    return int(value) if isinstance(value, float) and value == int(value) else value
