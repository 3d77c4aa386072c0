"""Which kind of the catalog a resource is, and why not where it is none."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

from apps.engine.catalog import KINDS
from apps.engine.formats.cloudformation import services
from apps.engine.formats.cloudformation.cdk import METADATA, is_provider
from apps.engine.formats.cloudformation.stack import Resource
from apps.engine.graph import NOT_MODELLED

SUPPORTING = "supporting"
TYPES = {
    "AWS::ApiGateway::RestApi": "rest_api",
    "AWS::ApiGatewayV2::Api": "http_api",
    "AWS::AppSync::GraphQLApi": "appsync_api",
    "AWS::AutoScaling::AutoScalingGroup": "auto_scaling_group",
    "AWS::Backup::BackupPlan": "backup_plan",
    "AWS::Cassandra::Table": "keyspaces_table",
    "AWS::CloudFront::Distribution": "cloudfront_distribution",
    "AWS::CloudFront::Function": "cloudfront_function",
    "AWS::CloudWatch::Alarm": "alarm",
    "AWS::CloudWatch::CompositeAlarm": "alarm",
    "AWS::CloudWatch::Dashboard": "dashboard",
    "AWS::Cognito::UserPool": "cognito_user_pool",
    "AWS::DAX::Cluster": "dax_cluster",
    "AWS::DocDB::DBCluster": "documentdb_cluster",
    "AWS::DynamoDB::GlobalTable": "dynamodb_table",
    "AWS::DynamoDB::Table": "dynamodb_table",
    "AWS::EC2::Instance": "auto_scaling_group",
    "AWS::EC2::NatGateway": "nat_gateway",
    "AWS::EC2::VPCEndpoint": "vpc_endpoint",
    "AWS::EC2::Volume": "ebs_volume",
    "AWS::ECS::Service": "ecs_service",
    "AWS::EFS::FileSystem": "efs_file_system",
    "AWS::EMR::Cluster": "emr_cluster",
    "AWS::ElastiCache::CacheCluster": "elasticache_cluster",
    "AWS::ElastiCache::ReplicationGroup": "elasticache_cluster",
    "AWS::ElastiCache::ServerlessCache": "elasticache_cluster",
    "AWS::ElasticLoadBalancingV2::LoadBalancer": "load_balancer",
    "AWS::Elasticsearch::Domain": "opensearch_domain",
    "AWS::Events::ApiDestination": "outside_api",
    "AWS::Events::EventBus": "event_bus",
    "AWS::Events::Rule": "schedule",
    "AWS::KMS::Key": "kms_key",
    "AWS::Kinesis::Stream": "kinesis_stream",
    "AWS::KinesisFirehose::DeliveryStream": "firehose_stream",
    "AWS::Lambda::Function": "lambda_function",
    "AWS::Lambda::Url": "lambda_url",
    "AWS::Logs::LogGroup": "log_group",
    "AWS::MSK::Cluster": "msk_cluster",
    "AWS::MSK::ServerlessCluster": "msk_cluster",
    "AWS::OpenSearchServerless::Collection": "opensearch_collection",
    "AWS::OpenSearchService::Domain": "opensearch_domain",
    "AWS::Pipes::Pipe": "pipe",
    "AWS::RDS::DBCluster": "aurora_cluster",
    "AWS::RDS::DBInstance": "rds_instance",
    "AWS::RDS::DBProxy": "rds_proxy",
    "AWS::Route53::HealthCheck": "hosted_zone",
    "AWS::Route53::HostedZone": "hosted_zone",
    "AWS::Route53::RecordSet": "hosted_zone",
    "AWS::Route53::RecordSetGroup": "hosted_zone",
    "AWS::S3::Bucket": "s3_bucket",
    "AWS::SNS::Topic": "sns_topic",
    "AWS::SQS::Queue": "sqs_queue",
    "AWS::SSM::Parameter": "ssm_parameter",
    "AWS::Scheduler::Schedule": "schedule",
    "AWS::SecretsManager::Secret": "secret",
    "AWS::Serverless::Api": "rest_api",
    "AWS::Serverless::Function": "lambda_function",
    "AWS::Serverless::GraphQLApi": "appsync_api",
    "AWS::Serverless::HttpApi": "http_api",
    "AWS::Serverless::SimpleTable": "dynamodb_table",
    "AWS::Serverless::StateMachine": "state_machine",
    "AWS::Serverless::WebSocketApi": "websocket_api",
    "AWS::StepFunctions::StateMachine": "state_machine",
    "AWS::WAF::WebACL": "waf_web_acl",
    "AWS::WAFRegional::WebACL": "waf_web_acl",
    "AWS::WAFv2::WebACL": "waf_web_acl",
    "AWS::XRay::Group": "xray_tracing",
    "AWS::XRay::SamplingRule": "xray_tracing",
}
# What stands beside these says nothing of the load when it has no kind.
_SILENT_WITHOUT_KIND = frozenset({"AWS::EC2::NatGateway", "AWS::Events::ApiDestination"})

# Load balancers other than those for applications.
_BALANCERS = frozenset({"gateway", "network"})


class Class(NamedTuple):
    """What a resource is: a kind's name, NOT_MODELLED with a reason, or SUPPORTING."""

    kind: str
    reason: str = ""


def classify(resource: Resource) -> Class:
    """Return what a resource is in a graph.

    Parameters
    ----------
    resource : Resource
        A resource with its properties.

    Returns
    -------
    Class
        Component of a kind, supporting, a part of another resource, or not modelled.
    """
    type_ = resource.type
    if type_ == METADATA or is_provider(resource.body):
        return Class(SUPPORTING)
    special = _special(resource)
    if special is not None:
        return special
    kind = kind_of_type(type_)
    if kind in KINDS:
        return Class(kind)
    if type_ in _SILENT_WITHOUT_KIND or services.is_supporting(type_):
        return Class(SUPPORTING)
    return Class(NOT_MODELLED, f"{resource.written_type} has no model yet.")


@cache
def kind_of_type(type_: str) -> str:
    """Return the kind that reads resources of a type, empty where there is none.

    Parameters
    ----------
    type_ : str
        A resource type, such as AWS::SQS::Queue.

    Returns
    -------
    str
        Name of the kind.
    """
    if type_ in TYPES:
        return TYPES[type_]
    if services.is_supporting(type_):  # Kinds read stages and other parts as well.
        return ""
    owners = (kind.name for kind in KINDS.values() for row in kind.TEMPLATE if row.type == type_)
    return next(owners, "")


def is_watching(kind: str) -> bool:
    """Return whether a kind only watches or protects.

    Parameters
    ----------
    kind : str
        Name of a kind.

    Returns
    -------
    bool
        False for what is no kind of the catalog.
    """
    return kind in KINDS and KINDS[kind].WATCHES


def is_disabled(resource: Resource) -> bool:
    """Say whether a resource is switched off, so that it starts nothing.

    Parameters
    ----------
    resource : Resource
        A resource with its properties.

    Returns
    -------
    bool
        True where its State or Enabled says so.
    """
    return resource.text("State") == "DISABLED"


def _special(resource: Resource) -> Class | None:
    """Decide the types that stand for several kinds."""
    engine = resource.text("Engine").lower()
    match resource.type:
        case "AWS::ApiGatewayV2::Api" if resource.text("ProtocolType").upper() == "WEBSOCKET":
            return Class("websocket_api")
        case "AWS::ElasticLoadBalancingV2::LoadBalancer" if resource.text("Type") in _BALANCERS:
            return Class(NOT_MODELLED, f"A {resource.text('Type')} balancer has no model yet.")
        case "AWS::Pipes::Pipe" if resource.text("DesiredState") == "STOPPED":
            return Class(SUPPORTING)
        case "AWS::Events::Rule" | "AWS::Scheduler::Schedule" if is_disabled(resource):
            return Class(SUPPORTING)
        case "AWS::Events::Rule" if resource.get("ScheduleExpression") is None:
            return Class(SUPPORTING)
        case "AWS::RDS::DBInstance" if resource.get("DBClusterIdentifier") is not None:
            return Class(SUPPORTING)
        case "AWS::RDS::DBInstance" if engine.startswith(("aurora", "neptune", "docdb")):
            return Class(SUPPORTING)
        case "AWS::RDS::DBCluster" if engine and not engine.startswith("aurora"):
            return Class(NOT_MODELLED, f"RDS clusters with engine {engine} have no model yet.")
    return None
