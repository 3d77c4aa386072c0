"""CloudFront: origins, what runs at the edge, and the firewall before it."""

from __future__ import annotations

from collections.abc import Mapping

from apps.engine.formats.cloudformation.write.calls.routes import slug
from apps.engine.formats.cloudformation.write.kinds.doors import STAGE
from apps.engine.formats.cloudformation.write.kinds.messages import address
from apps.engine.formats.cloudformation.write.plan import Plan
from apps.engine.formats.cloudformation.write.roles import POLICY_VERSION
from apps.engine.formats.cloudformation.write.values import (
    Function,
    Properties,
    Value,
    att,
    ref,
    sub,
)
from apps.engine.graph import Link

# Policies of AWS for caching: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-cache-policies.html
_CACHED, _NOT_CACHED = (
    "658327ea-f89d-4fab-a63d-7e88639e58f6",
    "4135ea2d-6df8-44a3-9df3-4b5a84be39ad",
)
_ALL_BUT_HOST = "b689b0a8-53d0-40ab-baf2-68738e2966ac"
_EVENTS = ("viewer-request", "viewer-response", "origin-request", "origin-response")
_HTTPS: Properties = {"OriginProtocolPolicy": "https-only"}
_EXECUTE = "${%s}.execute-api.${AWS::Region}.${AWS::URLSuffix}"
# By kind: the domain of an origin, and the path of its stage.
_DOMAINS: Mapping[str, tuple[str, str]] = {
    "http_api": (_EXECUTE, ""),
    "load_balancer": ("${%s.DNSName}", ""),
    "rest_api": (_EXECUTE, f"/{STAGE}"),
    "websocket_api": (_EXECUTE, f"/{STAGE}"),
}


def origin_all(plan: Plan, id_: str, links: list[Link]) -> list[Link]:
    """Write the origins of a distribution, its functions and its firewall.

    Parameters
    ----------
    plan : Plan
        The template so far.
    id_ : str
        Id of the distribution.
    links : list of Link
        Where answers come from, what runs at the edge, what protects.

    Returns
    -------
    list of Link
        Those that AWS has no way for.
    """
    configuration = plan.properties(id_)["DistributionConfig"]
    made: list[Link] = []
    origins: list[tuple[Link | None, Properties]] = []
    for link in links:
        origin = _origin(plan, link) if link.role != "put" else None
        if origin is not None and link.target not in {o.target for o in made}:
            made.append(link)
            origins.append((link, {"Id": plan.ids[link.target], **origin}))
    origins = origins or [(None, _asked(plan, id_))]
    shield = str(plan.setting(id_, "shield_regions")).split(",")[0].strip()
    for _, origin in origins:
        if shield:
            origin["OriginShield"] = {"Enabled": True, "OriginShieldRegion": shield}
    configuration["Origins"] = [origin for _, origin in origins]
    configuration["DefaultCacheBehavior"] = _behaviour(plan, *origins[0])
    if len(origins) > 1:
        configuration["CacheBehaviors"] = [
            {"PathPattern": f"/{slug(plan, link.target)}/*", **_behaviour(plan, link, origin)}
            for link, origin in origins[1:]
            if link is not None
        ]
    made += _functions(plan, links, configuration["DefaultCacheBehavior"])
    made += _walls(plan, id_, links)
    return [link for link in links if link not in made]


def _asked(plan: Plan, id_: str) -> Properties:
    """Return the origin of a distribution before which nothing was drawn."""
    label = plan.design.component(id_).label
    domain = plan.ask(id_, "Origin", f"Domain that {label} takes its answers from")
    return {"Id": "origin", "DomainName": domain, "CustomOriginConfig": _HTTPS}


def _origin(plan: Plan, link: Link) -> Properties | None:
    kind, target = plan.kind(link.target), plan.ids[link.target]
    if kind == "s3_bucket":
        return _bucket(plan, link)
    if kind in _DOMAINS:
        domain, path = _DOMAINS[kind]
        protocol = _HTTPS if kind != "load_balancer" else {"OriginProtocolPolicy": "http-only"}
        found: Properties = {"DomainName": sub(domain % target), "CustomOriginConfig": protocol}
        return found | ({"OriginPath": path} if path else {})
    if kind in ("lambda_url", "appsync_api"):
        attribute = "FunctionUrl" if kind == "lambda_url" else "GraphQLUrl"
        domain_of = Function("Split", ["/", att(target, attribute)])
        return {
            "DomainName": Function("Select", [2, domain_of]),
            "CustomOriginConfig": _HTTPS,
        }
    if kind == "outside_api":
        label = plan.design.component(link.target)
        return {"DomainName": _domain(address(plan, label)), "CustomOriginConfig": _HTTPS}
    return None


def _domain(uri: Value) -> Value:
    return Function("Select", [2, Function("Split", ["/", uri])])


def _bucket(plan: Plan, link: Link) -> Properties:
    configuration = {
        "Name": sub(f"${{AWS::StackName}}-{plan.short(link.target, 30)}"),
        "OriginAccessControlOriginType": "s3",
        "SigningBehavior": "always",
        "SigningProtocol": "sigv4",
    }
    control = plan.part(
        link.source,
        f"Access{plan.ids[link.target]}",
        "AWS::CloudFront::OriginAccessControl",
        {"OriginAccessControlConfig": configuration},
    )
    _let_in(plan, link)
    return {
        "DomainName": att(plan.ids[link.target], "RegionalDomainName"),
        "OriginAccessControlId": att(control, "Id"),
        "S3OriginConfig": {"OriginAccessIdentity": ""},
    }


def _let_in(plan: Plan, link: Link) -> None:
    """Let a distribution read a bucket that is closed to everybody else."""
    whole = f"cloudfront::${{AWS::AccountId}}:distribution/${{{plan.ids[link.source]}}}"
    origin = {"AWS:SourceArn": sub(f"arn:${{AWS::Partition}}:{whole}")}
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "cloudfront.amazonaws.com"},
        "Action": "s3:GetObject",
        "Resource": plan.names.below(link.source, link.target, "/*"),
        "Condition": {"StringEquals": origin},
    }
    policy = plan.template.resources.get(f"{plan.ids[link.target]}Policy")
    if policy is not None:
        policy.properties["PolicyDocument"]["Statement"].append(statement)
        return
    document = {"Version": POLICY_VERSION, "Statement": [statement]}
    properties = {"Bucket": plan.ref(link.target), "PolicyDocument": document}
    plan.part(link.target, "Policy", "AWS::S3::BucketPolicy", properties)


def _behaviour(plan: Plan, link: Link | None, origin: Properties) -> Properties:
    found: Properties = {
        "TargetOriginId": origin["Id"],
        "ViewerProtocolPolicy": "redirect-to-https",
        "CachePolicyId": _CACHED,
    }
    if link is not None and plan.kind(link.target) != "s3_bucket":
        found |= {
            "AllowedMethods": ["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"],
            "CachePolicyId": _NOT_CACHED,
            "OriginRequestPolicyId": _ALL_BUT_HOST,
        }
    return found


def _functions(plan: Plan, links: list[Link], behaviour: Properties) -> list[Link]:
    """Write what runs at the edge, each at an event of its own."""
    made: list[Link] = []
    free = list(_EVENTS)
    for link in links:
        kind = plan.kind(link.target)
        # What CloudFront runs itself sees the viewer's events alone.
        able = free if kind == "edge_function" else [e for e in free if e.startswith("viewer")]
        if kind not in ("edge_function", "cloudfront_function") or not able:
            continue
        free.remove(able[0])
        made.append(link)
        if kind == "edge_function":
            version = ref(f"{plan.ids[link.target]}Version")
            entry = {"EventType": able[0], "LambdaFunctionARN": version}
            behaviour.setdefault("LambdaFunctionAssociations", []).append(entry)
        else:
            function = att(plan.ids[link.target], "FunctionARN")
            entry = {"EventType": able[0], "FunctionARN": function}
            behaviour.setdefault("FunctionAssociations", []).append(entry)
    return made


def _walls(plan: Plan, id_: str, links: list[Link]) -> list[Link]:
    found = [link for link in links if plan.kind(link.target) == "waf_web_acl"]
    found = [o for o in found if plan.setting(o.target, "scope") == "CLOUDFRONT"][:1]
    for link in found:
        plan.properties(id_)["DistributionConfig"]["WebACLId"] = att(plan.ids[link.target])
    return found
