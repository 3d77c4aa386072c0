"""Templates of drawn designs, deployed: CreateStack on a server that answers as AWS does."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
import yaml

from apps.engine.formats.cloudformation.write import write_template
from apps.engine.formats.cloudformation.write.decisions import decisions_of
from tests.aws.scaling_resources import forget_what_was_known
from tests.engine.formats.cloudformation.write.drawn import drawn, linked

# The kinds of which moto's CloudFormation makes every resource. A REST API is deployed with what
# answers below, since moto knows no API that answers by itself.
ON_MOTO = (
    *("auto_scaling_group", "dashboard", "dynamodb_table", "ebs_volume", "ecs_service"),
    *("edge_function", "efs_file_system", "emr_cluster", "event_bus", "hosted_zone"),
    *("kinesis_stream", "kms_key", "lambda_function", "load_balancer", "log_group"),
    *("nat_gateway", "rds_instance", "s3_bucket", "sns_topic", "sqs_queue"),
    *("ssm_parameter", "state_machine", "vpc_endpoint"),
)
REGION = "us-east-1"


@pytest.fixture
def aws(moto: str) -> Iterator[Any]:
    forget_what_was_known()
    yield lambda service: boto3.client(service, region_name=REGION, endpoint_url=moto)
    cloudformation = boto3.client("cloudformation", region_name=REGION, endpoint_url=moto)
    for stack in cloudformation.describe_stacks()["Stacks"]:
        cloudformation.delete_stack(StackName=stack["StackName"])


def deployed(aws: Any, text: str, name: str) -> dict[str, str]:
    """Create a stack and return the types of what it made, by logical id."""
    aws("cloudformation").create_stack(
        StackName=name,
        TemplateBody=text,
        Parameters=_parameters(aws, text),
        Capabilities=["CAPABILITY_IAM"],
    )
    (stack,) = aws("cloudformation").describe_stacks(StackName=name)["Stacks"]
    assert stack["StackStatus"] == "CREATE_COMPLETE"
    found = aws("cloudformation").list_stack_resources(StackName=name)
    return {
        entry["LogicalResourceId"]: entry["ResourceType"]
        for entry in found["StackResourceSummaries"]
    }


def _parameters(aws: Any, text: str) -> list[dict[str, str]]:
    """Give what the template asks for: the network of the account, some text for the rest."""
    asked = yaml.safe_load(re.sub(r"!\w+", "", text.partition("\nResources:")[0]))
    subnets = [subnet["SubnetId"] for subnet in aws("ec2").describe_subnets()["Subnets"]]
    given = {
        "SubnetIds": ",".join(subnets[:3]),
        "NatSubnetId": subnets[0],
        "VpcId": aws("ec2").describe_vpcs()["Vpcs"][0]["VpcId"],
        "SecurityGroupIds": aws("ec2").describe_security_groups()["SecurityGroups"][0]["GroupId"],
        "RouteTableIds": aws("ec2").describe_route_tables()["RouteTables"][0]["RouteTableId"],
    }
    return [
        {"ParameterKey": name, "ParameterValue": given.get(name, "us-east-1a")}
        for name, entry in asked.get("Parameters", {}).items()
        if "Default" not in entry
    ]


@pytest.mark.parametrize("kind", ON_MOTO)
def test_a_drawn_component_deploys(aws: Any, kind: str) -> None:
    written = write_template(drawn(kind))

    made = deployed(aws, written.text, f"one-{kind.replace('_', '-')}")

    assert made


def test_a_drawn_design_deploys_with_its_links(aws: Any) -> None:
    design = linked(
        drawn("rest_api", "lambda_function", "dynamodb_table", "sqs_queue", "sqs_queue"),
        ("rest_api-1", "lambda_function-1", "invoke"),
        ("lambda_function-1", "dynamodb_table-1", "read"),
        ("lambda_function-1", "dynamodb_table-1", "write"),
        ("sqs_queue-1", "lambda_function-1", "invoke"),
        ("sqs_queue-1", "sqs_queue-2", "send"),
    )

    made = deployed(aws, write_template(design).text, "shop")

    assert "AWS::Lambda::EventSourceMapping" in made.values()
    (mapping,) = aws("lambda").list_event_source_mappings()["EventSourceMappings"]
    assert "SQSQueue1" in mapping["EventSourceArn"]
    (function,) = aws("lambda").list_functions()["Functions"]
    tables = aws("dynamodb").list_tables()["TableNames"]
    assert [function["Environment"]["Variables"]["DYNAMO_DB_TABLE1_TABLE"]] == tables


def test_scaling_is_seen_by_application_auto_scaling(aws: Any) -> None:
    design = drawn("dynamodb_table", "lambda_function", "ecs_service")
    scaled = {
        "dynamodb_table-1": {"min": 5, "max": 400, "target": 70},
        "lambda_function-1": {"dimension": "provisioned", "min": 2, "max": 50},
        "ecs_service-1": {"min": 2, "max": 20, "schedules": [{"at": "07:30", "min": 5}]},
    }
    text = write_template(design, "Shop", decisions_of(design, scaled)).text

    deployed(aws, text, "scaled")

    assert bounds(aws, "dynamodb") == {
        "dynamodb:table:ReadCapacityUnits": (5, 400),
        "dynamodb:table:WriteCapacityUnits": (5, 400),
    }
    assert bounds(aws, "lambda") == {"lambda:function:ProvisionedConcurrency": (2, 50)}
    assert bounds(aws, "ecs") == {"ecs:service:DesiredCount": (2, 20)}


def bounds(aws: Any, namespace: str) -> dict[str, tuple[int, int]]:
    found = aws("application-autoscaling").describe_scalable_targets(ServiceNamespace=namespace)
    return {
        target["ScalableDimension"]: (target["MinCapacity"], target["MaxCapacity"])
        for target in found["ScalableTargets"]
    }
