"""What stands before others: distributions, balancers, proxies."""

from __future__ import annotations

from apps.engine.formats.terraform.export import calls
from apps.engine.formats.terraform.export.drafting import Draft
from apps.engine.formats.terraform.export.more_kinds import subnets
from apps.engine.formats.terraform.export.sheet import Part, Raw, Resource, Value
from apps.engine.graph import Link

_CACHED = ["GET", "HEAD"]
_ALL = ["GET", "HEAD", "OPTIONS", "PUT", "POST", "PATCH", "DELETE"]
# AWS's own policies: for what may be kept, and for what may not.
_KEEPS, _KEEPS_NOT = "658327ea-f89d-4fab-a63d-7e88639e58f6", "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"


def distribution(draft: Draft, source: str, links: list[Link]) -> None:
    """Write the origins of a distribution and what runs at its edge.

    Parameters
    ----------
    draft : Draft
        The module.
    source : str
        Id of the component.
    links : list of Link
        Its links.
    """
    main = draft.mains[source]
    at_edge = ("edge_function", "cloudfront_function", "waf_web_acl")
    kinds = {link.target: draft.architecture.component(link.target).kind for link in links}
    origins = [link for link in links if kinds[link.target] not in at_edge]
    # Files stand behind the application, whose requests are the default.
    origins.sort(key=lambda link: kinds[link.target] == "s3_bucket")
    for link in origins:
        _origin(draft, main, link)
    for number, link in enumerate(origins):
        name = draft.word(draft.architecture.component(link.target))
        is_default = number == 0
        behaviour = main.block(
            "default_cache_behavior" if is_default else "ordered_cache_behavior", fresh=True
        )
        _behave(behaviour, name, is_default=is_default, keeps=kinds[link.target] == "s3_bucket")
    for link in links:
        if kinds[link.target] in at_edge:
            _at_edge(draft, main, link, kinds[link.target])
    restriction = main.block("restrictions").block("geo_restriction")
    restriction.attributes["restriction_type"] = "none"
    main.block("viewer_certificate").attributes["cloudfront_default_certificate"] = True


def _origin(draft: Draft, main: Resource, link: Link) -> None:
    component = draft.architecture.component(link.target)
    origin = main.block("origin", fresh=True)
    other = draft.mains.get(link.target)
    domain: Value = component.id
    if component.kind == "s3_bucket" and other is not None:
        domain = other["bucket_regional_domain_name"]
    elif other is not None and component.kind in ("http_api", "lambda_url"):
        domain = Raw(f'replace({calls.address(draft, link.target).text}, "https://", "")')
    elif other is not None and component.kind == "rest_api":
        domain = Raw(f'"${{{other["id"].text}}}.execute-api.us-east-1.amazonaws.com"')
    elif other is not None:
        domain = calls.address(draft, link.target)
    origin.attributes.update({"domain_name": domain, "origin_id": draft.word(component)})
    if component.kind != "s3_bucket":
        custom = origin.block("custom_origin_config")
        custom.attributes.update(
            {
                "http_port": 80,
                "https_port": 443,
                "origin_protocol_policy": "https-only",
                "origin_ssl_protocols": ["TLSv1.2"],
            }
        )


def _behave(part: Part, name: str, *, is_default: bool, keeps: bool) -> None:
    if not is_default:
        part.attributes["path_pattern"] = f"/{name}/*"
    allowed: list[Value] = list(_CACHED if keeps else _ALL)
    part.attributes.update(
        {
            "target_origin_id": name,
            "viewer_protocol_policy": "redirect-to-https",
            "allowed_methods": allowed,
            "cached_methods": list(_CACHED),
            "cache_policy_id": _KEEPS if keeps else _KEEPS_NOT,
        }
    )


def _at_edge(draft: Draft, main: Resource, link: Link, kind: str) -> None:
    other = draft.mains.get(link.target)
    if other is None:
        return
    if kind == "waf_web_acl":
        main.attributes["web_acl_id"] = other["arn"]
        return
    is_light = kind == "cloudfront_function"
    association = "function_association" if is_light else "lambda_function_association"
    key, attribute = ("function_arn", "arn") if is_light else ("lambda_arn", "qualified_arn")
    viewer = int(link.settings.get("viewer_calls") or 0)
    events = ["viewer-request", "viewer-response"][:viewer]
    total = max(1, int(link.calls or 1))
    events += ["origin-request", "origin-response"][: max(0, total - len(events))]
    for event in events:
        inner = main.block("default_cache_behavior").block(association, fresh=True)
        inner.attributes.update({"event_type": event, key: other[attribute]})


def balancer(draft: Draft, source: str, links: list[Link]) -> None:
    """Write the listener of a balancer, and its target groups.

    Parameters
    ----------
    draft : Draft
        The module.
    source : str
        Id of the component.
    links : list of Link
        Its links.
    """
    main = draft.mains[source]
    main.attributes.setdefault(
        "subnets",
        subnets(draft),
    )
    groups: list[Resource] = []
    for link in links:
        other, kind = draft.mains.get(link.target), draft.kind(link.target)
        if other is not None and kind == "waf_web_acl":
            draft.sheet.add(
                "aws_wafv2_web_acl_association",
                main.name,
                resource_arn=main["arn"],
                web_acl_arn=other["arn"],
            )
        elif other is not None:
            groups.append(_group(draft, other, kind))
    listener = draft.sheet.add(
        "aws_lb_listener", main.name, load_balancer_arn=main["arn"], port=80, protocol="HTTP"
    )
    for number, group in enumerate(groups):
        _forward(draft, listener, group, number)


def _forward(draft: Draft, listener: Resource, group: Resource, number: int) -> None:
    """Send requests to a group: the first by default, others by the beginning of their path."""
    if number == 0:
        action = listener.block("default_action")
    else:
        rule = draft.sheet.add(
            "aws_lb_listener_rule", group.name, listener_arn=listener["arn"], priority=number
        )
        pattern = rule.block("condition").block("path_pattern")
        pattern.attributes["values"] = [f"/{group.name}/*"]
        action = rule.block("action")
    action.attributes.update({"type": "forward", "target_group_arn": group["arn"]})


def _group(draft: Draft, other: Resource, kind: str) -> Resource:
    group = draft.sheet.add("aws_lb_target_group", other.name)
    if kind == "lambda_function":
        group.attributes["target_type"] = "lambda"
        draft.sheet.add(
            "aws_lb_target_group_attachment",
            other.name,
            target_group_arn=group["arn"],
            target_id=other["arn"],
        )
    else:
        group.attributes.update({"port": 80, "protocol": "HTTP"})
        if other.type == "aws_ecs_service":
            found = other.block("load_balancer", fresh=True)
            found.attributes.update(
                {
                    "target_group_arn": group["arn"],
                    "container_name": "main",
                    "container_port": 80,
                }
            )
        else:
            other.attributes["target_group_arns"] = [group["arn"]]
    return group


def proxy(draft: Draft, source: str, links: list[Link]) -> None:
    """Write the databases behind a proxy.

    Parameters
    ----------
    draft : Draft
        The module.
    source : str
        Id of the component.
    links : list of Link
        Its links.
    """
    main = draft.mains[source]
    group = draft.sheet.add(
        "aws_db_proxy_default_target_group", main.name, db_proxy_name=main["name"]
    )
    _pooled(draft, source, group)
    for link in links:
        other = draft.mains.get(link.target)
        if other is not None:
            is_cluster = other.type == "aws_rds_cluster"
            key = "db_cluster_identifier" if is_cluster else "db_instance_identifier"
            attribute = "cluster_identifier" if is_cluster else "identifier"
            draft.sheet.add(
                "aws_db_proxy_target",
                other.name,
                db_proxy_name=main["name"],
                target_group_name=group["name"],
                **{key: other[attribute]},
            )


def _pooled(draft: Draft, source: str, group: Resource) -> None:
    settings = draft.architecture.component(source).settings
    for name, attribute in (
        ("max_connections_percent", "max_connections_percent"),
        ("borrow_timeout_s", "connection_borrow_timeout"),
    ):
        if settings.get(name) is not None:
            group.block("connection_pool_config").attributes[attribute] = int(settings[name])
