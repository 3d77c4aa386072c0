"""Resource types of Terraform in the words of CloudFormation, which the readers of links know."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import NamedTuple

from apps.engine.formats.terraform.namespaces import EC2, EC2_NAMES, NAMESPACES

# What other providers build is no part of a design on AWS.
FOREIGN = "AWS::Elsewhere::Resource"
# Providers of helpers, which build nothing that carries load.
HELPERS = frozenset(
    {
        *("archive", "cloudinit", "external", "http", "local", "null", "random", "template"),
        *("terraform", "time", "tls", "awscc", "docker", "git", "github", "corefunc"),
    }
)
# Other clouds by the name of their provider, for the sentence that refuses them.
CLOUDS = {
    "alicloud": "Alibaba Cloud",
    "azapi": "Azure",
    "azuread": "Azure",
    "azurerm": "Azure",
    "cloudflare": "Cloudflare",
    "digitalocean": "DigitalOcean",
    "google": "Google Cloud",
    "hcloud": "Hetzner Cloud",
    "ibm": "IBM Cloud",
    "kubernetes": "Kubernetes",
    "linode": "Linode",
    "oci": "Oracle Cloud",
    "openstack": "OpenStack",
    "scaleway": "Scaleway",
    "vercel": "Vercel",
    "yandex": "Yandex Cloud",
}


class Type(NamedTuple):
    """The type of CloudFormation, and the properties whose names differ by more than their form."""

    name: str
    renames: Mapping[str, str] = {}


_FUNCTION = {"file_system_config": "FileSystemConfigs"}
_ARNS = {"target_group_arns": "TargetGroupARNs", "launch_configuration": "LaunchConfigurationName"}
_LISTENER = {"default_action": "DefaultActions", "action": "Actions"}
_CLUSTER = {
    "cluster_identifier": "DBClusterIdentifier",
    "db_cluster_instance_class": "DBClusterInstanceClass",
    "db_cluster_parameter_group_name": "DBClusterParameterGroupName",
    "serverlessv2_scaling_configuration": "ServerlessV2ScalingConfiguration",
    "serverless_v2_scaling_configuration": "ServerlessV2ScalingConfiguration",
}
_MEMBER = {
    "cluster_identifier": "DBClusterIdentifier",
    "instance_class": "DBInstanceClass",
    "identifier": "DBInstanceIdentifier",
}
_DATABASE = {
    **_MEMBER,
    "db_name": "DBName",
    "multi_az": "MultiAZ",
    "parameter_group_name": "DBParameterGroupName",
    "password": "MasterUserPassword",
    "replicate_source_db": "SourceDBInstanceIdentifier",
    "username": "MasterUsername",
}
_PROXY = {
    "name": "DBProxyName",
    "db_proxy_name": "DBProxyName",
    "db_instance_identifier": "DBInstanceIdentifiers",
    "db_cluster_identifier": "DBClusterIdentifiers",
    "connection_pool_config": "ConnectionPoolConfigurationInfo",
    "max_connections_percent": "MaxConnectionsPercent",
}
_FIREHOSE = {
    "extended_s3_configuration": "ExtendedS3DestinationConfiguration",
    "s3_configuration": "S3DestinationConfiguration",
    "elasticsearch_configuration": "ElasticsearchDestinationConfiguration",
    "http_endpoint_configuration": "HttpEndpointDestinationConfiguration",
    "iceberg_configuration": "IcebergDestinationConfiguration",
    "kinesis_source_configuration": "KinesisStreamSourceConfiguration",
    "msk_source_configuration": "MSKSourceConfiguration",
    "opensearch_configuration": "AmazonopensearchserviceDestinationConfiguration",
    "opensearchserverless_configuration": "AmazonOpenSearchServerlessDestinationConfiguration",
    "redshift_configuration": "RedshiftDestinationConfiguration",
    "snowflake_configuration": "SnowflakeDestinationConfiguration",
    "splunk_configuration": "SplunkDestinationConfiguration",
}
_DISTRIBUTION = {
    "origin": "Origins",
    "ordered_cache_behavior": "CacheBehaviors",
    "lambda_function_association": "LambdaFunctionAssociations",
    "lambda_arn": "LambdaFunctionARN",
    "function_association": "FunctionAssociations",
    "function_arn": "FunctionARN",
    "web_acl_id": "WebACLId",
}
TYPES: dict[str, Type] = {
    "aws_alb": Type("AWS::ElasticLoadBalancingV2::LoadBalancer", {"load_balancer_type": "Type"}),
    "aws_alb_listener": Type("AWS::ElasticLoadBalancingV2::Listener", _LISTENER),
    "aws_alb_listener_rule": Type("AWS::ElasticLoadBalancingV2::ListenerRule", _LISTENER),
    "aws_api_gateway_integration": Type("AWS::ApiGateway::Method"),
    "aws_api_gateway_method": Type("AWS::ApiGateway::MethodRequest"),
    "aws_api_gateway_method_settings": Type("AWS::ApiGateway::Stage"),
    "aws_api_gateway_usage_plan": Type(
        "AWS::ApiGateway::UsagePlan", {"throttle_settings": "Throttle"}
    ),
    "aws_apigatewayv2_authorizer": Type(
        "AWS::ApiGatewayV2::Authorizer", {"identity_sources": "IdentitySource"}
    ),
    "aws_appautoscaling_policy": Type(
        "AWS::ApplicationAutoScaling::ScalingPolicy", {"name": "PolicyName"}
    ),
    "aws_appautoscaling_target": Type("AWS::ApplicationAutoScaling::ScalableTarget"),
    "aws_appsync_datasource": Type("AWS::AppSync::DataSource"),
    "aws_appsync_graphql_api": Type("AWS::AppSync::GraphQLApi"),
    "aws_athena_workgroup": Type("AWS::Athena::WorkGroup"),
    "aws_autoscaling_group": Type("AWS::AutoScaling::AutoScalingGroup", _ARNS),
    "aws_autoscaling_policy": Type("AWS::AutoScaling::ScalingPolicy"),
    "aws_backup_plan": Type(
        "AWS::Backup::BackupPlan", {"rule": "BackupPlanRule", "delete_after": "DeleteAfterDays"}
    ),
    "aws_backup_selection": Type("AWS::Backup::BackupSelection", {"plan_id": "BackupPlanId"}),
    "aws_cloudfront_distribution": Type("AWS::CloudFront::Distribution", _DISTRIBUTION),
    "aws_cloudwatch_composite_alarm": Type("AWS::CloudWatch::CompositeAlarm"),
    "aws_cloudwatch_event_api_destination": Type("AWS::Events::ApiDestination"),
    "aws_cloudwatch_event_bus": Type("AWS::Events::EventBus"),
    "aws_cloudwatch_event_rule": Type("AWS::Events::Rule", {"target": "Targets"}),
    "aws_cloudwatch_log_group": Type("AWS::Logs::LogGroup"),
    "aws_cloudwatch_log_subscription_filter": Type("AWS::Logs::SubscriptionFilter"),
    "aws_cloudwatch_metric_alarm": Type("AWS::CloudWatch::Alarm"),
    "aws_dax_cluster": Type("AWS::DAX::Cluster", {"iam_role_arn": "IAMRoleARN"}),
    "aws_db_instance": Type("AWS::RDS::DBInstance", _DATABASE),
    "aws_db_parameter_group": Type("AWS::RDS::DBParameterGroup"),
    "aws_db_proxy": Type("AWS::RDS::DBProxy", _PROXY),
    "aws_db_proxy_default_target_group": Type("AWS::RDS::DBProxyTargetGroup", _PROXY),
    "aws_db_proxy_target": Type("AWS::RDS::DBProxyTargetGroup", _PROXY),
    "aws_docdb_cluster": Type("AWS::DocDB::DBCluster", _CLUSTER),
    "aws_docdb_cluster_instance": Type("AWS::DocDB::DBInstance", _MEMBER),
    "aws_dynamodb_global_table": Type("AWS::DynamoDB::GlobalTable"),
    "aws_dynamodb_table": Type("AWS::DynamoDB::Table", {"name": "TableName"}),
    "aws_ecs_service": Type(
        "AWS::ECS::Service",
        {
            "load_balancer": "LoadBalancers",
            "network_configuration": "NetworkConfiguration.AwsvpcConfiguration",
        },
    ),
    "aws_efs_access_point": Type("AWS::EFS::AccessPoint"),
    "aws_elasticache_cluster": Type(
        "AWS::ElastiCache::CacheCluster",
        {"node_type": "CacheNodeType", "parameter_group_name": "CacheParameterGroupName"},
    ),
    "aws_elasticache_replication_group": Type(
        "AWS::ElastiCache::ReplicationGroup",
        {"node_type": "CacheNodeType", "parameter_group_name": "CacheParameterGroupName"},
    ),
    "aws_elasticache_serverless_cache": Type("AWS::ElastiCache::ServerlessCache"),
    "aws_elasticsearch_domain": Type("AWS::Elasticsearch::Domain"),
    "aws_elb": Type("AWS::ElasticLoadBalancing::LoadBalancer"),
    "aws_iam_policy": Type("AWS::IAM::ManagedPolicy", {"policy": "PolicyDocument"}),
    "aws_iam_role": Type(
        "AWS::IAM::Role",
        {
            "assume_role_policy": "AssumeRolePolicyDocument",
            "inline_policy": "Policies",
            "policy": "PolicyDocument",
        },
    ),
    "aws_iam_role_policy": Type("AWS::IAM::Policy", {"role": "Roles", "policy": "PolicyDocument"}),
    "aws_instance": Type("AWS::EC2::Instance"),
    "aws_iot_topic_rule": Type("AWS::IoT::TopicRule"),
    "aws_keyspaces_table": Type("AWS::Cassandra::Table"),
    "aws_kinesis_firehose_delivery_stream": Type("AWS::KinesisFirehose::DeliveryStream", _FIREHOSE),
    "aws_kms_external_key": Type("AWS::KMS::Key"),
    "aws_kms_key": Type("AWS::KMS::Key"),
    "aws_lambda_event_source_mapping": Type(
        "AWS::Lambda::EventSourceMapping", {"destination_arn": "Destination"}
    ),
    "aws_lambda_function": Type("AWS::Lambda::Function", _FUNCTION),
    "aws_lambda_function_event_invoke_config": Type("AWS::Lambda::EventInvokeConfig"),
    "aws_lambda_function_url": Type(
        "AWS::Lambda::Url",
        {"function_name": "TargetFunctionArn", "authorization_type": "AuthType"},
    ),
    "aws_lambda_provisioned_concurrency_config": Type(
        "AWS::Lambda::Alias",
        {
            "provisioned_concurrent_executions": "ProvisionedConcurrencyConfig"
            ".ProvisionedConcurrentExecutions"
        },
    ),
    "aws_launch_configuration": Type("AWS::AutoScaling::LaunchConfiguration"),
    "aws_launch_template": Type("AWS::EC2::LaunchTemplate"),
    "aws_lb": Type("AWS::ElasticLoadBalancingV2::LoadBalancer", {"load_balancer_type": "Type"}),
    "aws_lb_listener": Type("AWS::ElasticLoadBalancingV2::Listener", _LISTENER),
    "aws_lb_listener_rule": Type("AWS::ElasticLoadBalancingV2::ListenerRule", _LISTENER),
    "aws_alb_target_group": Type(
        "AWS::ElasticLoadBalancingV2::TargetGroup", {"attachment": "Targets"}
    ),
    "aws_lb_target_group": Type(
        "AWS::ElasticLoadBalancingV2::TargetGroup", {"attachment": "Targets"}
    ),
    "aws_msk_serverless_cluster": Type("AWS::MSK::ServerlessCluster"),
    "aws_neptune_cluster": Type("AWS::Neptune::DBCluster", _CLUSTER),
    "aws_opensearch_domain": Type("AWS::OpenSearchService::Domain"),
    "aws_opensearchserverless_collection": Type("AWS::OpenSearchServerless::Collection"),
    "aws_rds_cluster": Type("AWS::RDS::DBCluster", _CLUSTER),
    "aws_rds_cluster_instance": Type("AWS::RDS::DBInstance", _MEMBER),
    "aws_rds_cluster_parameter_group": Type("AWS::RDS::DBClusterParameterGroup"),
    "aws_route53_record": Type("AWS::Route53::RecordSet"),
    "aws_route53_zone": Type("AWS::Route53::HostedZone"),
    "aws_s3_bucket": Type("AWS::S3::Bucket", {"bucket": "BucketName"}),
    "aws_secretsmanager_secret_version": Type("AWS::SecretsManager::SecretTargetAttachment"),
    "aws_sfn_state_machine": Type("AWS::StepFunctions::StateMachine", {"type": "StateMachineType"}),
    "aws_sns_topic_subscription": Type("AWS::SNS::Subscription"),
    "aws_wafv2_web_acl": Type("AWS::WAFv2::WebACL"),
    "aws_wafv2_web_acl_association": Type(
        "AWS::WAFv2::WebACLAssociation", {"web_acl_arn": "WebACLArn"}
    ),
    "aws_waf_web_acl": Type("AWS::WAF::WebACL"),
    "aws_wafregional_web_acl": Type("AWS::WAFRegional::WebACL"),
}


@cache
def type_of(type_: str) -> Type:
    """Return what a type is called in CloudFormation.

    Parameters
    ----------
    type_ : str
        Such as aws_sqs_queue.

    Returns
    -------
    Type
        One of a namespace that is not known where nothing like it exists.

    Examples
    --------
    >>> type_of("aws_sqs_queue").name, type_of("aws_lambda_layer_version").name
    ('AWS::SQS::Queue', 'AWS::Lambda::LayerVersion')
    """
    if type_ in TYPES:
        return TYPES[type_]
    provider, _, rest = type_.partition("_")
    if provider != "aws":
        return Type(f"Custom::{pascal(type_)}" if provider in HELPERS else FOREIGN)
    words = rest.split("_")
    for length in range(len(words), 0, -1):
        namespace = NAMESPACES.get("_".join(words[:length]))
        if namespace:
            return Type(f"AWS::{namespace}::{_name(words[length:], namespace)}")
    if rest.startswith(EC2):
        return Type(f"AWS::EC2::{EC2_NAMES.get(rest, pascal(rest))}")
    return Type(f"AWS::{pascal(words[0])}::{_name(words[1:], '')}")


def _name(words: list[str], namespace: str) -> str:
    return pascal("_".join(words)) if words else namespace


def pascal(name: str) -> str:
    """Return a name in the form of CloudFormation.

    Parameters
    ----------
    name : str
        Such as visibility_timeout.

    Returns
    -------
    str
        Such as VisibilityTimeout.
    """
    return "".join(word[:1].upper() + word[1:] for word in name.split("_"))
