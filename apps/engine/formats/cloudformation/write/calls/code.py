"""Calls that code makes: what it is allowed, and how it finds what it calls."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping

from apps.engine.formats.cloudformation.write.calls.permits import SERVICES, permit
from apps.engine.formats.cloudformation.write.kinds.caches import NODES, SERVERLESS, cache_type
from apps.engine.formats.cloudformation.write.kinds.databases import secret_of
from apps.engine.formats.cloudformation.write.kinds.doors import STAGE
from apps.engine.formats.cloudformation.write.kinds.files import mounted
from apps.engine.formats.cloudformation.write.kinds.messages import address
from apps.engine.formats.cloudformation.write.kinds.searches import collection_name
from apps.engine.formats.cloudformation.write.plan import Plan
from apps.engine.formats.cloudformation.write.values import Properties, Value, att, ref, sub
from apps.engine.graph import Link

HOST, SECRET = "HOST", "SECRET_ARN"
_API = "https://${%s}.execute-api.${AWS::Region}.${AWS::URLSuffix}"
# By kind: what the variable is called, and the attribute that it holds; an empty one is !Ref.
_VARIABLES: Mapping[str, tuple[str, str]] = {
    "appsync_api": ("URL", "GraphQLUrl"),
    "cognito_user_pool": ("POOL_ID", ""),
    "dynamodb_table": ("TABLE", ""),
    "event_bus": ("BUS", ""),
    "firehose_stream": ("STREAM", ""),
    "hosted_zone": ("ZONE_ID", ""),
    "keyspaces_table": ("TABLE", ""),
    "kinesis_stream": ("STREAM", ""),
    "lambda_function": ("FUNCTION", ""),
    "opensearch_domain": (HOST, "DomainEndpoint"),
    "s3_bucket": ("BUCKET", ""),
    "secret": (SECRET, ""),
    "sns_topic": ("TOPIC_ARN", ""),
    "sqs_queue": ("QUEUE_URL", ""),
    "ssm_parameter": ("PARAMETER", ""),
    "state_machine": ("STATE_MACHINE_ARN", ""),
}


def call_all(plan: Plan, id_: str, links: list[Link]) -> list[Link]:
    """Write what code needs for its calls.

    Parameters
    ----------
    plan : Plan
        The template so far.
    id_ : str
        Id of what runs the code.
    links : list of Link
        What it calls.

    Returns
    -------
    list of Link
        Those that AWS has no way for.
    """
    return [link for link in links if not _call(plan, link)]


def call_from_edge(plan: Plan, id_: str, links: list[Link]) -> list[Link]:
    """Write what code at the edge may call: it has no environment and stands in no VPC.

    Parameters
    ----------
    plan : Plan
        The template so far.
    id_ : str
        Id of the function.
    links : list of Link
        What it calls.

    Returns
    -------
    list of Link
        Those that AWS has no way for.
    """
    made = [link for link in links if plan.kind(link.target) in _VARIABLES]
    for link in made:
        permit(plan, link)
    return [link for link in links if link not in made]


def _call(plan: Plan, link: Link) -> bool:
    kind = plan.kind(link.target)
    special = _SPECIAL.get(kind)
    if special is not None:
        return special(plan, link)
    if kind not in _VARIABLES or not plan.has_resource(link.target):
        return False
    permit(plan, link)
    suffix, attribute = _VARIABLES[kind]
    id_ = plan.ids[link.target]
    value = att(id_, attribute) if attribute else plan.names.name(link.source, link.target)
    plan.tell(link.source, link.target, suffix, value)
    return True


def _password(plan: Plan, caller: str, database: str) -> None:
    """Let code read the password of a database, which no template ever shows."""
    secret = secret_of(plan, database)
    plan.allow(caller, ["secretsmanager:GetSecretValue"], [secret])
    plan.tell(caller, database, SECRET, secret)


def _database(plan: Plan, link: Link) -> bool:
    kind, id_ = plan.kind(link.target), plan.ids[link.target]
    attribute = "ReadEndpoint.Address" if link.role == "replica" else "Endpoint.Address"
    attribute = "Endpoint" if kind == "documentdb_cluster" else attribute
    suffix = "READER_HOST" if link.role == "replica" else HOST
    plan.tell(link.source, link.target, suffix, att(id_, attribute))
    _password(plan, link.source, link.target)
    return True


def _brokers(plan: Plan, link: Link) -> bool:
    permit(plan, link)
    plan.tell(link.source, link.target, "ARN", att(plan.ids[link.target]))
    return True


def _accelerator(plan: Plan, link: Link) -> bool:
    permit(plan, link)
    endpoint = att(plan.ids[link.target], "ClusterDiscoveryEndpoint")
    plan.tell(link.source, link.target, HOST, endpoint)
    return True


def _proxy(plan: Plan, link: Link) -> bool:
    plan.tell(link.source, link.target, HOST, att(plan.ids[link.target], "Endpoint"))
    return True


def _cache(plan: Plan, link: Link) -> bool:
    type_ = cache_type(plan, link.target)
    attribute = {SERVERLESS: "Endpoint.Address", NODES: "ConfigurationEndpoint.Address"}.get(type_)
    is_spread = plan.setting(link.target, "shards") > 1
    group = "ConfigurationEndPoint.Address" if is_spread else "PrimaryEndPoint.Address"
    plan.tell(link.source, link.target, HOST, att(plan.ids[link.target], attribute or group))
    return True


def _api(plan: Plan, link: Link) -> bool:
    permit(plan, link)
    kind, id_ = plan.kind(link.target), plan.ids[link.target]
    path = "" if kind == "http_api" else f"/{STAGE}"
    plan.tell(link.source, link.target, "URL", sub(_API % id_ + path))
    return True


def _domain_of(attribute: str, scheme: str = "https") -> Callable[[Plan, Link], bool]:
    def tell(plan: Plan, link: Link) -> bool:
        value = sub(f"{scheme}://${{{plan.ids[link.target]}.{attribute}}}")
        plan.tell(link.source, link.target, "URL", value)
        return True

    return tell


def _address(plan: Plan, link: Link) -> bool:
    plan.tell(link.source, link.target, "URL", address(plan, plan.design.component(link.target)))
    return True


def _service(plan: Plan, link: Link) -> bool:
    actions = SERVICES.get(str(plan.setting(link.target, "service")))
    if actions is None:
        return False
    plan.allow(link.source, actions, ["*"])
    return True


def _url(plan: Plan, link: Link) -> bool:
    id_ = plan.ids[link.target]
    plan.tell(link.source, link.target, "URL", att(id_, "FunctionUrl"))
    functions = [one.target for one in plan.design.outbound(link.target)]
    if plan.setting(link.target, "auth_type") == "AWS_IAM" and functions:
        properties: Properties = {
            "FunctionName": plan.ref(functions[0]),
            "Action": "lambda:InvokeFunctionUrl",
            "Principal": att(plan.roles[link.source]),
            "FunctionUrlAuthType": "AWS_IAM",
        }
        plan.part(link.target, "Caller", "AWS::Lambda::Permission", properties)
    return True


def _collection(plan: Plan, link: Link) -> bool:
    permit(plan, link)
    id_ = plan.ids[link.target]
    plan.tell(link.source, link.target, "URL", att(id_, "CollectionEndpoint"))
    name = collection_name(plan, link.target)
    wanted = f"{id_}For{plan.ids[link.source]}"
    if wanted in plan.template.resources:
        return True
    permissions = ["aoss:ReadDocument", "aoss:WriteDocument", "aoss:CreateIndex"]
    role = f"${{{plan.roles[link.source]}.Arn}}"
    rules = [{"ResourceType": "index", "Resource": [f"index/{name}/*"], "Permission": permissions}]
    policy = json.dumps([{"Rules": rules, "Principal": [role]}])
    number = sum(w.type.endswith("AccessPolicy") for w in plan.template.resources.values()) + 1
    properties = {"Name": f"access-{number}", "Type": "data", "Policy": sub(policy)}
    plan.template.add(wanted, "AWS::OpenSearchServerless::AccessPolicy", properties, link.target)
    return True


def _files(plan: Plan, link: Link) -> bool:
    permit(plan, link)
    kind = plan.kind(link.source)
    entry = mounted(plan, link.source, link.target)
    if kind != "lambda_function":
        plan.tell(link.source, link.target, "FILE_SYSTEM_ID", plan.ref(link.target))
        return True
    properties = plan.properties(link.source)
    if not properties.get("FileSystemConfigs"):
        properties["FileSystemConfigs"] = [entry]
        # A function starts only when the file system can be reached.
        mounts = [f"{plan.ids[link.target]}Mount{number}" for number in (1, 2)]
        there = [mount for mount in mounts if mount in plan.template.resources]
        plan.template.resources[plan.ids[link.source]].attributes["DependsOn"] = there
    # AWS lets a function have one file system.
    return bool(properties["FileSystemConfigs"] == [entry])


def _hbase(plan: Plan, link: Link) -> bool:
    permit(plan, link)
    id_ = plan.ids[link.target]
    value: Value = ref(id_) if link.role == "submit" else att(id_, "MasterPublicDNS")
    plan.tell(link.source, link.target, "CLUSTER_ID" if link.role == "submit" else HOST, value)
    return True


def _log(plan: Plan, link: Link) -> bool:
    if plan.kind(link.source) == "lambda_function":
        properties = plan.properties(link.source)
        if "LoggingConfig" not in properties:
            properties["LoggingConfig"] = {"LogGroup": plan.ref(link.target)}
            return True
    permit(plan, link)
    plan.tell(link.source, link.target, "LOG_GROUP", plan.ref(link.target))
    return True


def _key(plan: Plan, link: Link) -> bool:
    if not plan.has_resource(link.target):
        return False
    permit(plan, link)
    plan.tell(link.source, link.target, "KEY_ID", plan.ref(link.target))
    return True


_SPECIAL: Mapping[str, Callable[[Plan, Link], bool]] = {
    "aurora_cluster": _database,
    "cloudfront_distribution": _domain_of("DomainName"),
    "dax_cluster": _accelerator,
    "documentdb_cluster": _database,
    "efs_file_system": _files,
    "elasticache_cluster": _cache,
    "emr_cluster": _hbase,
    "http_api": _api,
    "kms_key": _key,
    "lambda_url": _url,
    "load_balancer": _domain_of("DNSName", "http"),
    "log_group": _log,
    "opensearch_collection": _collection,
    "msk_cluster": _brokers,
    "outside_api": _address,
    "rds_instance": _database,
    "rds_proxy": _proxy,
    "rest_api": _api,
    "service_api": _service,
    "websocket_api": _api,
}
