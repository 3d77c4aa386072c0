"""GraphQL APIs: a data source for each thing that answers, and who lets requests in."""

from __future__ import annotations

from apps.engine.formats.cloudformation.write.calls.permits import PERMITS, permit
from apps.engine.formats.cloudformation.write.calls.policies import may_invoke
from apps.engine.formats.cloudformation.write.calls.rest import ADDRESSES, protect
from apps.engine.formats.cloudformation.write.kinds.compute import invoked
from apps.engine.formats.cloudformation.write.kinds.messages import address
from apps.engine.formats.cloudformation.write.plan import Plan
from apps.engine.formats.cloudformation.write.values import Properties, Value, att, ref, sub
from apps.engine.graph import Link

_APPSYNC = "appsync.amazonaws.com"
REGION = ref("AWS::Region")


def resolve_all(plan: Plan, id_: str, links: list[Link]) -> list[Link]:
    """Write the data sources of a GraphQL API, who lets in, and its firewall.

    Parameters
    ----------
    plan : Plan
        The template so far.
    id_ : str
        Id of the API.
    links : list of Link
        What answers, and what lets in.

    Returns
    -------
    list of Link
        Those that AWS has no way for.
    """
    made = [*_proofs(plan, id_, links), *_walls(plan, id_, links)]
    for link in links:
        if link in made:
            continue
        source = _source(plan, link)
        if source is None:
            continue
        made.append(link)
        name = plan.ids[link.target]
        if f"{plan.ids[id_]}From{name}" not in plan.template.resources:
            whole = {"ApiId": att(plan.ids[id_], "ApiId"), "Name": name, **source}
            plan.part(id_, f"From{name}", "AWS::AppSync::DataSource", whole)
    return [link for link in links if link not in made]


def _proofs(plan: Plan, id_: str, links: list[Link]) -> list[Link]:
    kind = plan.setting(id_, "authentication")
    properties = plan.properties(id_)
    pools = [link for link in links if plan.kind(link.target) == "cognito_user_pool"][:1]
    asked = [link for link in links if _is_asked(plan, link)][:1]
    label = plan.design.component(id_).label
    made: list[Link] = []
    if kind == "AMAZON_COGNITO_USER_POOLS":
        given = plan.ask(id_, "PoolId", f"Pool of the users of {label}") if not pools else None
        pool = plan.ref(pools[0].target) if pools else given
        properties["UserPoolConfig"] = {**_pool(pool), "DefaultAction": "ALLOW"}
        made += pools
    elif pools:
        proof = {"AuthenticationType": "AMAZON_COGNITO_USER_POOLS"}
        proof["UserPoolConfig"] = _pool(plan.ref(pools[0].target))  # type: ignore[assignment]
        properties["AdditionalAuthenticationProviders"] = [proof]
        made += pools
    if kind == "AWS_LAMBDA":
        given = plan.ask(id_, "AuthorizerArn", f"Authorizer of {label}") if not asked else None
        properties["LambdaAuthorizerConfig"] = {"AuthorizerUri": given}
        for link in asked:
            properties["LambdaAuthorizerConfig"]["AuthorizerUri"] = invoked(plan, "", link.target)
            may_invoke(plan, id_, link.target, _APPSYNC, att(plan.ids[id_]))
        made += asked
    return made


def _is_asked(plan: Plan, link: Link) -> bool:
    return plan.kind(link.target) == "lambda_function" and bool(link.settings.get("is_extra"))


def _pool(pool: Value) -> Properties:
    return {"AwsRegion": REGION, "UserPoolId": pool}


def _walls(plan: Plan, id_: str, links: list[Link]) -> list[Link]:
    found = [link for link in links if plan.kind(link.target) == "waf_web_acl"]
    found = [o for o in found if plan.setting(o.target, "scope") == "REGIONAL"][:1]
    for link in found:
        protect(plan, link, att(plan.ids[id_]))
    return found


def _source(plan: Plan, link: Link) -> Properties | None:
    kind, target = plan.kind(link.target), plan.ids[link.target]
    if kind in ADDRESSES or kind == "outside_api":
        uri = sub(ADDRESSES[kind] % target) if kind in ADDRESSES else _outside(plan, link)
        return {"Type": "HTTP", "HttpConfig": {"Endpoint": uri}}
    if (kind, link.role) not in PERMITS:
        return None
    block = _block(plan, link, kind)
    if block is None:
        return None
    permit(plan, link)
    role = plan.role(link.source, _APPSYNC)
    return {**block, "ServiceRoleArn": role}


def _block(plan: Plan, link: Link, kind: str) -> Properties | None:
    """Return the type of a data source, and how it names what answers."""
    name = plan.ref(link.target)
    if kind == "dynamodb_table":
        block = {"TableName": name, "AwsRegion": REGION}
        return {"Type": "AMAZON_DYNAMODB", "DynamoDBConfig": block}
    if kind == "event_bus":
        whole = plan.names.arn(link.source, link.target)
        return {"Type": "AMAZON_EVENTBRIDGE", "EventBridgeConfig": {"EventBusArn": whole}}
    if kind == "lambda_function":
        function = invoked(plan, link.source, link.target)
        return {"Type": "AWS_LAMBDA", "LambdaConfig": {"LambdaFunctionArn": function}}
    if kind == "opensearch_domain":
        endpoint = sub(f"https://${{{plan.ids[link.target]}.DomainEndpoint}}")
        block = {"AwsRegion": REGION, "Endpoint": endpoint}
        return {"Type": "AMAZON_OPENSEARCH_SERVICE", "OpenSearchServiceConfig": block}
    return None


def _outside(plan: Plan, link: Link) -> Value:
    return address(plan, plan.design.component(link.target))
