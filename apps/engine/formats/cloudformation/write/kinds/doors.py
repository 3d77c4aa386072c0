"""Where requests come in: APIs, function URLs and load balancers. Routes come with the links."""

from __future__ import annotations

from apps.engine.formats.cloudformation.write.plan import Plan
from apps.engine.formats.cloudformation.write.values import Properties, Value, att, ref
from apps.engine.graph import Component

STAGE = "live"
_THROTTLES = {
    "throttle_rate_rps": "ThrottlingRateLimit",
    "throttle_burst": "ThrottlingBurstLimit",
}
_SCHEMA = "type Query { things: [String] }\nschema { query: Query }\n"


def _throttle(plan: Plan, id_: str) -> Properties:
    """Return the two bounds of the rate. AWS wants both where one is set."""
    given = {name: plan.setting(id_, setting) for setting, name in _THROTTLES.items()}
    return {name: value for name, value in given.items() if value is not None}


def _rest(plan: Plan, component: Component) -> None:
    id_ = component.id
    endpoint: Properties = {"Types": [plan.setting(id_, "endpoint_type")]}
    properties: Properties = {"Name": plan.ids[id_], "EndpointConfiguration": endpoint}
    if endpoint["Types"] == ["PRIVATE"]:
        # A private API refuses everybody whom its policy does not name.
        properties["Policy"] = _private_policy(plan)
    plan.main(component, "AWS::ApiGateway::RestApi", properties)


def _private_policy(plan: Plan) -> Properties:
    statement = {
        "Effect": "Allow",
        "Principal": "*",
        "Action": "execute-api:Invoke",
        "Resource": "execute-api:/*",
        "Condition": {"StringEquals": {"aws:SourceVpc": plan.vpc()}},
    }
    return {"Version": "2012-10-17", "Statement": [statement]}


def rest_stage(plan: Plan, id_: str, methods: list[str]) -> None:
    """Write the deployment of a REST API and its stage, after its methods.

    Parameters
    ----------
    plan : Plan
        The template so far.
    id_ : str
        Id of the API.
    methods : list of str
        Logical ids of its methods.
    """
    deployment = plan.part(
        id_,
        "Deployment",
        "AWS::ApiGateway::Deployment",
        {"RestApiId": plan.ref(id_)},
        DependsOn=methods,
    )
    properties: Properties = {
        "RestApiId": plan.ref(id_),
        "DeploymentId": ref(deployment),
        "StageName": STAGE,
    }
    if plan.setting(id_, "is_traced"):
        properties["TracingEnabled"] = True
    size = plan.setting(id_, "cache_gb")
    if size:
        properties |= {"CacheClusterEnabled": True, "CacheClusterSize": size}
    bounds = _throttle(plan, id_)
    if bounds:
        everything = {"HttpMethod": "*", "ResourcePath": "/*"}
        properties["MethodSettings"] = [{**everything, **bounds}]
    plan.part(id_, "Stage", "AWS::ApiGateway::Stage", properties)


def _http(plan: Plan, component: Component) -> None:
    properties = {"Name": plan.ids[component.id], "ProtocolType": "HTTP"}
    plan.main(component, "AWS::ApiGatewayV2::Api", properties)
    _stage(plan, component.id, "$default")


def _sockets(plan: Plan, component: Component) -> None:
    properties = {
        "Name": plan.ids[component.id],
        "ProtocolType": "WEBSOCKET",
        "RouteSelectionExpression": "$request.body.action",
    }
    plan.main(component, "AWS::ApiGatewayV2::Api", properties)
    _stage(plan, component.id, STAGE)


def _stage(plan: Plan, id_: str, name: str) -> None:
    properties: Properties = {"ApiId": plan.ref(id_), "StageName": name, "AutoDeploy": True}
    bounds = _throttle(plan, id_)
    if bounds:
        properties["DefaultRouteSettings"] = bounds
    plan.part(id_, "Stage", "AWS::ApiGatewayV2::Stage", properties)


def _graph(plan: Plan, component: Component) -> None:
    id_ = component.id
    kind_of_proof = plan.setting(id_, "authentication")
    properties: Properties = {"Name": plan.ids[id_], "AuthenticationType": kind_of_proof}
    if kind_of_proof == "OPENID_CONNECT":
        issuer = plan.ask(id_, "Issuer", f"Address of who signs the tokens for {component.label}")
        properties["OpenIDConnectConfig"] = {"Issuer": issuer}
    plan.main(component, "AWS::AppSync::GraphQLApi", properties)
    api = att(plan.ids[id_], "ApiId")
    schema = {"ApiId": api, "Definition": _SCHEMA}
    plan.part(id_, "Schema", "AWS::AppSync::GraphQLSchema", schema)
    if kind_of_proof == "API_KEY":
        plan.part(id_, "Key", "AWS::AppSync::ApiKey", {"ApiId": api})
    cache = plan.setting(id_, "cache")
    if cache:
        properties = {
            "ApiId": api,
            "ApiCachingBehavior": "FULL_REQUEST_CACHING",
            "Ttl": 60,
            "Type": cache,
        }
        plan.part(id_, "Cache", "AWS::AppSync::ApiCache", properties)


def _url(plan: Plan, component: Component) -> None:
    id_ = component.id
    properties = {
        "AuthType": plan.setting(id_, "auth_type"),
        "InvokeMode": plan.setting(id_, "invoke_mode"),
    }
    plan.main(component, "AWS::Lambda::Url", properties)


def _balancer(plan: Plan, component: Component) -> None:
    id_ = component.id
    zones = max(2, plan.setting(id_, "zones"))
    properties = {
        "Type": "application",
        "Scheme": plan.setting(id_, "scheme"),
        "Subnets": plan.subnets(zones),
        "SecurityGroups": plan.groups(),
    }
    plan.main(component, "AWS::ElasticLoadBalancingV2::LoadBalancer", properties)


def listen(plan: Plan, id_: str, actions: list[Value]) -> str:
    """Write the listener of a load balancer.

    Parameters
    ----------
    plan : Plan
        The template so far.
    id_ : str
        Id of the balancer.
    actions : list of any
        What it does with a request.

    Returns
    -------
    str
        Its logical id.
    """
    properties = {
        "LoadBalancerArn": plan.ref(id_),
        "Port": 80,
        "Protocol": "HTTP",
        "DefaultActions": actions,
    }
    return plan.part(id_, "Listener", "AWS::ElasticLoadBalancingV2::Listener", properties)


WRITERS = {
    "appsync_api": _graph,
    "http_api": _http,
    "lambda_url": _url,
    "load_balancer": _balancer,
    "rest_api": _rest,
    "websocket_api": _sockets,
}
