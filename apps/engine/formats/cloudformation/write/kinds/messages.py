"""Queues, topics, buses, streams, schedules and pipes."""

from __future__ import annotations

from apps.engine.formats.cloudformation.write.plan import Plan
from apps.engine.formats.cloudformation.write.values import Properties, Value, att, sub
from apps.engine.graph import Component

KAFKA_VERSION = "3.9.x"


def _queue(plan: Plan, component: Component) -> None:
    properties = plan.rows(component, "AWS::SQS::Queue", "is_fifo", "max_receive_count")
    if plan.setting(component.id, "is_fifo"):
        properties |= {"FifoQueue": True, "ContentBasedDeduplication": True}
        named = plan.names.own(component.id)
        if named:
            properties["QueueName"] = sub(named["QueueName"].argument + ".fifo")
    plan.main(component, "AWS::SQS::Queue", properties)


def _topic(plan: Plan, component: Component) -> None:
    properties: Properties = {}
    if plan.setting(component.id, "is_fifo"):
        properties = {"FifoTopic": True, "ContentBasedDeduplication": True}
    plan.main(component, "AWS::SNS::Topic", properties)


def _bus(plan: Plan, component: Component) -> None:
    id_ = plan.ids[component.id]
    plan.main(component, "AWS::Events::EventBus", {"Name": sub(f"${{AWS::StackName}}-{id_}")})
    days = plan.setting(component.id, "archive_days")
    if days:
        archive = {"SourceArn": att(id_), "RetentionDays": days}
        plan.part(component.id, "Archive", "AWS::Events::Archive", archive)
    if plan.setting(component.id, "discovers_schemas"):
        plan.part(
            component.id, "Discoverer", "AWS::EventSchemas::Discoverer", {"SourceArn": att(id_)}
        )


def _stream(plan: Plan, component: Component) -> None:
    is_on_demand = plan.setting(component.id, "mode") == "ON_DEMAND"
    but = ("shards",) if is_on_demand else ()
    properties = plan.rows(component, "AWS::Kinesis::Stream", *but)
    if not is_on_demand:
        properties["ShardCount"] = plan.setting(component.id, "shards")
    id_ = plan.main(component, "AWS::Kinesis::Stream", properties)
    for number in range(1, plan.setting(component.id, "consumers") + 1):
        consumer = {"ConsumerName": f"consumer-{number}", "StreamARN": att(id_)}
        plan.part(component.id, f"Consumer{number}", "AWS::Kinesis::StreamConsumer", consumer)


def _firehose(plan: Plan, component: Component) -> None:
    plan.main(component, "AWS::KinesisFirehose::DeliveryStream", {})


def _schedule(plan: Plan, component: Component) -> None:
    expression = plan.setting(component.id, "expression")
    if not plan.setting(component.id, "is_scheduler"):
        plan.main(component, "AWS::Events::Rule", {"ScheduleExpression": expression})
        return
    properties = {"ScheduleExpression": expression, "FlexibleTimeWindow": {"Mode": "OFF"}}
    plan.main(component, "AWS::Scheduler::Schedule", properties)


def _pipe(plan: Plan, component: Component) -> None:
    role = plan.role(component.id, "pipes.amazonaws.com")
    plan.main(component, "AWS::Pipes::Pipe", {"RoleArn": role})


def _api_destination(plan: Plan, component: Component) -> None:
    sources = {plan.kind(link.source) for link in plan.inbound(component.id)}
    if not sources & {"event_bus", "schedule", "pipe"}:
        plan.outside[component.id] = component
        return
    properties: Properties = {
        "ConnectionArn": att(_connection(plan, component)),
        "HttpMethod": "POST",
        "InvocationEndpoint": address(plan, component),
    }
    properties |= plan.rows(component, "AWS::Events::ApiDestination")
    if "InvocationRateLimitPerSecond" in properties:
        rate = properties["InvocationRateLimitPerSecond"]
        properties["InvocationRateLimitPerSecond"] = max(1, int(rate))
    plan.main(component, "AWS::Events::ApiDestination", properties)


def _connection(plan: Plan, component: Component) -> str:
    """Write how EventBridge signs in: the key lies in Secrets Manager, and in no template."""
    secret = plan.ask(
        component.id,
        "KeySecret",
        f"Name of the secret in Secrets Manager whose 'key' opens {component.label}",
        f"{plan.ids[component.id]}/key",
    )
    key = sub(f"{{{{resolve:secretsmanager:${{{secret.argument}}}:SecretString:key}}}}")
    proof = {"ApiKeyName": "Authorization", "ApiKeyValue": key}
    properties: Properties = {
        "AuthorizationType": "API_KEY",
        "AuthParameters": {"ApiKeyAuthParameters": proof},
    }
    return plan.part(component.id, "Connection", "AWS::Events::Connection", properties)


def address(plan: Plan, component: Component) -> Value:
    """Return the address of what lies outside of AWS.

    Parameters
    ----------
    plan : Plan
        The template so far.
    component : Component
        An API of another company.

    Returns
    -------
    any
        A parameter, since no drawing says it.
    """
    return plan.ask(
        component.id, "Url", f"Address of {component.label}, such as https://api.example.com/v1"
    )


def _kafka(plan: Plan, component: Component) -> None:
    properties: Properties = {
        "ClusterName": sub(f"${{AWS::StackName}}-{plan.ids[component.id]}"),
        "ClientAuthentication": {"Sasl": {"Iam": {"Enabled": True}}},
    }
    if plan.setting(component.id, "is_serverless"):
        network = {"SubnetIds": plan.subnets(), "SecurityGroups": plan.groups()}
        properties["VpcConfigs"] = [network]
        plan.main(component, "AWS::MSK::ServerlessCluster", properties)
        return
    but = ("brokers", "broker_class", "throughput_mibps")
    properties |= plan.rows(component, "AWS::MSK::Cluster", *but)
    properties |= {
        "KafkaVersion": KAFKA_VERSION,
        "NumberOfBrokerNodes": plan.setting(component.id, "brokers"),
    }
    _brokers(plan, component.id, properties.setdefault("BrokerNodeGroupInfo", {}))
    plan.main(component, "AWS::MSK::Cluster", properties)


def _brokers(plan: Plan, id_: str, group: Properties) -> None:
    # Brokers are spread evenly over two or three zones.
    zones = 3 if plan.setting(id_, "brokers") % 3 == 0 else 2
    group["InstanceType"] = plan.setting(id_, "broker_class")
    group |= {"ClientSubnets": plan.subnets(zones), "SecurityGroups": plan.groups()}
    throughput = plan.setting(id_, "throughput_mibps")
    if throughput:
        volume = group.setdefault("StorageInfo", {}).setdefault("EBSStorageInfo", {})
        volume["VolumeSize"] = plan.setting(id_, "broker_storage_gb")
        volume["ProvisionedThroughput"] = {"Enabled": True, "VolumeThroughput": throughput}


WRITERS = {
    "event_bus": _bus,
    "firehose_stream": _firehose,
    "kinesis_stream": _stream,
    "msk_cluster": _kafka,
    "outside_api": _api_destination,
    "pipe": _pipe,
    "schedule": _schedule,
    "sns_topic": _topic,
    "sqs_queue": _queue,
}
