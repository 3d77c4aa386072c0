"""The AWS catalog: one module per kind of component, registered here by hand."""

from __future__ import annotations

import dataclasses

from apps.engine.catalog.account import Account
from apps.engine.catalog.appsync_api import AppsyncApi
from apps.engine.catalog.aurora_cluster import AuroraCluster
from apps.engine.catalog.base import InvalidSetting, Kind
from apps.engine.catalog.cloudfront_distribution import CloudfrontDistribution
from apps.engine.catalog.cognito_user_pool import CognitoUserPool
from apps.engine.catalog.dynamodb_table import DynamodbTable
from apps.engine.catalog.elasticache_cluster import ElasticacheCluster
from apps.engine.catalog.event_bus import EventBus
from apps.engine.catalog.http_api import HttpApi
from apps.engine.catalog.kinesis_stream import KinesisStream
from apps.engine.catalog.lambda_function import LambdaFunction
from apps.engine.catalog.lambda_url import LambdaUrl
from apps.engine.catalog.load_balancer import LoadBalancer
from apps.engine.catalog.nat_gateway import NatGateway
from apps.engine.catalog.not_modelled import NotModelled
from apps.engine.catalog.outside_api import OutsideApi
from apps.engine.catalog.pipe import Pipe
from apps.engine.catalog.rds_instance import RdsInstance
from apps.engine.catalog.rds_proxy import RdsProxy
from apps.engine.catalog.rest_api import RestApi
from apps.engine.catalog.s3_bucket import S3Bucket
from apps.engine.catalog.scan import Scan
from apps.engine.catalog.schedule import Schedule
from apps.engine.catalog.service_api import ServiceApi
from apps.engine.catalog.sns_topic import SnsTopic
from apps.engine.catalog.sqs_queue import SqsQueue
from apps.engine.catalog.state_machine import StateMachine
from apps.engine.catalog.websocket_api import WebsocketApi
from apps.engine.graph import Component

KINDS: dict[str, type[Kind]] = {
    kind.name: kind
    for kind in (
        Account,
        AppsyncApi,
        AuroraCluster,
        CloudfrontDistribution,
        CognitoUserPool,
        DynamodbTable,
        ElasticacheCluster,
        EventBus,
        HttpApi,
        KinesisStream,
        LambdaFunction,
        LambdaUrl,
        LoadBalancer,
        NatGateway,
        NotModelled,
        OutsideApi,
        Pipe,
        RdsInstance,
        RdsProxy,
        RestApi,
        S3Bucket,
        Scan,
        Schedule,
        ServiceApi,
        SnsTopic,
        SqsQueue,
        StateMachine,
        WebsocketApi,
    )
}


def build(component: Component) -> Kind:
    """Return the settings of a component as its kind, defaults filled in.

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
