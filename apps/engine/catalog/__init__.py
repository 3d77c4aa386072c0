"""The AWS catalog: one module per kind of component, registered here by hand."""

from __future__ import annotations

import dataclasses

from apps.engine.catalog.account import Account
from apps.engine.catalog.alarm import Alarm
from apps.engine.catalog.appsync_api import AppsyncApi
from apps.engine.catalog.aurora_cluster import AuroraCluster
from apps.engine.catalog.auto_scaling_group import AutoScalingGroup
from apps.engine.catalog.backup_plan import BackupPlan
from apps.engine.catalog.base import InvalidSetting, Kind
from apps.engine.catalog.cloudfront_distribution import CloudfrontDistribution
from apps.engine.catalog.cloudfront_function import CloudfrontFunction
from apps.engine.catalog.cognito_user_pool import CognitoUserPool
from apps.engine.catalog.dashboard import Dashboard
from apps.engine.catalog.data_transfer import DataTransfer
from apps.engine.catalog.dax_cluster import DaxCluster
from apps.engine.catalog.documentdb_cluster import DocumentdbCluster
from apps.engine.catalog.dynamodb_table import DynamodbTable
from apps.engine.catalog.ebs_volume import EbsVolume
from apps.engine.catalog.ecs_service import EcsService
from apps.engine.catalog.edge_function import EdgeFunction
from apps.engine.catalog.efs_file_system import EfsFileSystem
from apps.engine.catalog.elasticache_cluster import ElasticacheCluster
from apps.engine.catalog.emr_cluster import EmrCluster
from apps.engine.catalog.event_bus import EventBus
from apps.engine.catalog.firehose_stream import FirehoseStream
from apps.engine.catalog.hosted_zone import HostedZone
from apps.engine.catalog.http_api import HttpApi
from apps.engine.catalog.keyspaces_table import KeyspacesTable
from apps.engine.catalog.kinesis_stream import KinesisStream
from apps.engine.catalog.kms_key import KmsKey
from apps.engine.catalog.lambda_function import LambdaFunction
from apps.engine.catalog.lambda_url import LambdaUrl
from apps.engine.catalog.load_balancer import LoadBalancer
from apps.engine.catalog.log_group import LogGroup
from apps.engine.catalog.msk_cluster import MskCluster
from apps.engine.catalog.nat_gateway import NatGateway
from apps.engine.catalog.not_modelled import NotModelled
from apps.engine.catalog.opensearch_collection import OpensearchCollection
from apps.engine.catalog.opensearch_domain import OpensearchDomain
from apps.engine.catalog.outside_api import OutsideApi
from apps.engine.catalog.pipe import Pipe
from apps.engine.catalog.rds_instance import RdsInstance
from apps.engine.catalog.rds_proxy import RdsProxy
from apps.engine.catalog.rest_api import RestApi
from apps.engine.catalog.s3_bucket import S3Bucket
from apps.engine.catalog.scan import Scan
from apps.engine.catalog.schedule import Schedule
from apps.engine.catalog.secret import Secret
from apps.engine.catalog.service_api import ServiceApi
from apps.engine.catalog.sns_topic import SnsTopic
from apps.engine.catalog.sqs_queue import SqsQueue
from apps.engine.catalog.ssm_parameter import SsmParameter
from apps.engine.catalog.state_machine import StateMachine
from apps.engine.catalog.vpc_endpoint import VpcEndpoint
from apps.engine.catalog.waf_web_acl import WafWebAcl
from apps.engine.catalog.websocket_api import WebsocketApi
from apps.engine.catalog.xray_tracing import XrayTracing
from apps.engine.graph import Component

KINDS: dict[str, type[Kind]] = {
    kind.name: kind
    for kind in (
        Account,
        Alarm,
        AppsyncApi,
        AuroraCluster,
        AutoScalingGroup,
        BackupPlan,
        CloudfrontDistribution,
        CloudfrontFunction,
        CognitoUserPool,
        Dashboard,
        DataTransfer,
        DaxCluster,
        DocumentdbCluster,
        DynamodbTable,
        EbsVolume,
        EcsService,
        EdgeFunction,
        EfsFileSystem,
        ElasticacheCluster,
        EmrCluster,
        EventBus,
        FirehoseStream,
        HostedZone,
        HttpApi,
        KeyspacesTable,
        KinesisStream,
        KmsKey,
        LambdaFunction,
        LambdaUrl,
        LoadBalancer,
        LogGroup,
        MskCluster,
        NatGateway,
        NotModelled,
        OpensearchCollection,
        OpensearchDomain,
        OutsideApi,
        Pipe,
        RdsInstance,
        RdsProxy,
        RestApi,
        S3Bucket,
        Scan,
        Schedule,
        Secret,
        ServiceApi,
        SnsTopic,
        SqsQueue,
        SsmParameter,
        StateMachine,
        VpcEndpoint,
        WafWebAcl,
        WebsocketApi,
        XrayTracing,
    )
}


def build(component: Component) -> Kind:
    """Return the settings of a component as its kind, defaults filled in.

    Parameters
    ----------
    component : Component
        A component of an architecture: its kind by name, and the settings that were given.

    Returns
    -------
    Kind
        The kind with these settings; it is checked, and never changes.

    Raises
    ------
    InvalidSetting
        If the kind is not known, or a setting is unknown or out of bounds.
    """
    kind = KINDS.get(component.kind)
    if kind is None:
        raise InvalidSetting(f"{component.id}: there is no kind '{component.kind}'.")
    known = {item.name for item in dataclasses.fields(kind)}
    unknown = sorted(set(component.settings) - known)
    if unknown:
        raise InvalidSetting(f"{component.id}: {kind.label} has no setting '{unknown[0]}'.")
    try:
        return kind(**component.settings)
    except InvalidSetting as error:
        raise InvalidSetting(f"{component.id}: {error}") from error
