"""The templates of infra/ are deployed on a server that answers as AWS does.

It does not know every type of resource. What it does not know is left out of the templates before
they are deployed, and listed here, so that nothing is left out without a word. Nor does it hand on
outputs between nested stacks: the parts of headroom.yaml are deployed one by one, in their order.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any, Final

import boto3
import pytest
from cfnlint.decode.cfn_yaml import load
from moto.cloudformation.parsing import resource_class_from_type

INFRA: Final = Path(__file__).resolve().parents[2] / "infra"
HOME, SECOND = "us-east-1", "eu-west-1"
BUCKET: Final = "templates"
ADDRESS: Final = f"https://{BUCKET}.s3.amazonaws.com"
UNKNOWN: Final = frozenset(
    {
        "AWS::ApiGateway::Stage",
        "AWS::Backup::BackupPlan",
        "AWS::Backup::BackupSelection",
        "AWS::Backup::BackupVault",
        "AWS::Budgets::Budget",
        "AWS::CloudFront::CachePolicy",
        "AWS::CloudFront::Distribution",
        "AWS::CloudFront::OriginAccessControl",
        "AWS::CloudFront::ResponseHeadersPolicy",
        "AWS::CloudWatch::Alarm",
        "AWS::Lambda::Alias",
        "AWS::RDS::DBProxy",
        "AWS::RDS::DBProxyTargetGroup",
        "AWS::S3::BucketPolicy",
        "AWS::SNS::TopicPolicy",
        "AWS::SecretsManager::RotationSchedule",
        "AWS::SecretsManager::Secret",
        "AWS::SecretsManager::SecretTargetAttachment",
        "AWS::WAFv2::WebACL",
    }
)
# It stands on an alias.
HANGING: Final = frozenset({"AWS::Lambda::Permission"})
STAND_IN: Final = "not-known-here"


def known(template: Any) -> Any:
    """Return a template without the resources that moto does not know."""
    resources = template["Resources"]
    gone = {name for name, body in resources.items() if body["Type"] in UNKNOWN | HANGING}
    left = {name: body for name, body in resources.items() if name not in gone}
    for body in left.values():
        # A reference to a parameter group is an object to moto, which then asks for its letters.
        body.get("Properties", {}).pop("DBParameterGroupName", None)
    return _without({**template, "Resources": left, "Transform": []}, gone)


def _without(value: Any, gone: set[str]) -> Any:
    """Put a text in place of whatever names a resource that is gone."""
    if isinstance(value, list):
        return [_without(item, gone) for item in value]
    if isinstance(value, str):
        return re.sub(rf"\$\{{({'|'.join(sorted(gone)) or '-'})(\.\w+)*\}}", STAND_IN, value)
    if not isinstance(value, dict):
        return value
    named = value.get("Ref") or (value.get("Fn::GetAtt") or [""])[0]
    if named in gone:
        return STAND_IN
    return {
        key: _without(_kept(item, gone) if key == "DependsOn" else item, gone)
        for key, item in value.items()
    }


def _kept(names: Any, gone: set[str]) -> list[str]:
    return [name for name in ([names] if isinstance(names, str) else names) if name not in gone]


@pytest.fixture
def server(moto: str) -> str:
    """Where the templates lie in a bucket."""
    boto3.client("s3", region_name=HOME).create_bucket(Bucket=BUCKET)
    for path in INFRA.glob("*.yaml"):
        text = json.dumps(known(load(str(path))), default=str)
        put(BUCKET, path.name, text.encode())
    return moto


def put(bucket: str, key: str, data: bytes) -> None:
    boto3.client("s3", region_name=HOME).put_object(Bucket=bucket, Key=key, Body=data)


def deploy(name: str, file: str, region: str = HOME, **parameters: str) -> dict[str, str]:
    cloudformation = boto3.client("cloudformation", region_name=region)
    said = [{"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()]
    cloudformation.create_stack(
        StackName=name,
        TemplateURL=f"{ADDRESS}/{file}",
        Parameters=said,
        Capabilities=["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"],
    )
    stack = cloudformation.describe_stacks(StackName=name)["Stacks"][0]
    assert stack["StackStatus"] == "CREATE_COMPLETE"
    return {item["OutputKey"]: item["OutputValue"] for item in stack.get("Outputs", [])}


def created(stack: str, region: str = HOME) -> set[str]:
    """Return the resources of a stack by their names in the template."""
    cloudformation = boto3.client("cloudformation", region_name=region)
    answer = cloudformation.describe_stack_resources(StackName=stack)["StackResources"]
    # What a condition left out is listed too, without a name.
    return {item["LogicalResourceId"] for item in answer if "LogicalResourceId" in item}


def assert_whole(stack: str, file: str, region: str = HOME) -> None:
    """Check that every resource is there, but for those that have a condition."""
    resources = known(load(str(INFRA / file)))["Resources"]
    always = {name for name, body in resources.items() if "Condition" not in body}
    assert always <= created(stack, region) <= resources.keys()


def parameters(environment: str) -> dict[str, str]:
    said = json.loads((INFRA / "parameters" / f"{environment}.json").read_text())
    return dict(said["Parameters"])


def deploy_environment(environment: str, **more: str) -> dict[str, dict[str, str]]:
    """Deploy the parts of headroom.yaml; return the outputs of each."""
    root = load(str(INFRA / "headroom.yaml"))
    defaults = {name: str(body.get("Default")) for name, body in root["Parameters"].items()}
    said = {**defaults, **parameters(environment), **more}
    outputs: dict[str, dict[str, str]] = {}
    for name, body in root["Resources"].items():
        if name == "Edge" or (name == "Application" and said["ApplicationBy"] == "zappa"):
            continue  # Of the edge the server knows nothing.
        given = {key: _value(item, said, outputs) for key, item in _parameters(body).items()}
        if name == "Application":
            put(given["DeployBucket"], "headroom.zip", b"the package")
        outputs[name] = deploy(f"{environment}-{name}", body["Properties"]["TemplateURL"], **given)
        assert_whole(f"{environment}-{name}", body["Properties"]["TemplateURL"])
    for output in root["Outputs"].values():
        _value(output["Value"], said, outputs)
    return outputs


def _parameters(body: Any) -> dict[str, Any]:
    return dict(body["Properties"]["Parameters"])


def _value(item: Any, said: dict[str, str], outputs: dict[str, dict[str, str]]) -> str:
    """Work out what a part is given: a parameter, or an output of a part before it."""
    if "Fn::GetAtt" in item:
        part, name = item["Fn::GetAtt"]
        return outputs[part][name.removeprefix("Outputs.")]
    return said.get(item.get("Ref", ""), "")


@pytest.mark.parametrize("environment", ["dev", "staging"])
def test_small_environment_has_one_way_out_and_one_database(server: str, environment: str) -> None:
    outputs = deploy_environment(environment)

    assert "NatB" not in created(f"{environment}-Network")
    assert not database_of(outputs)["MultiAZ"]
    assert outputs["Network"]["PrivateSubnetA"].startswith("subnet-")


def test_production_is_whole_and_is_copied_to_a_second_region(server: str) -> None:
    second = deploy("copies", "second-region.yaml", SECOND)
    assert_whole("copies", "second-region.yaml", SECOND)
    copies = {f"Second{name}": second[name] for name in ("MediaBucketArn", "BackupBucketArn")}

    outputs = deploy_environment("production", ApplicationBy="template", **copies)

    assert "ReplicationRole" in created("production-Storage")
    assert {"NatA", "NatB", "LambdaEndpoint"} <= created("production-Network")
    database = database_of(outputs)
    assert {"Web", "Work", "Sweep"} <= created("production-Application")
    asked = ("MultiAZ", "StorageEncrypted", "PubliclyAccessible", "BackupRetentionPeriod")
    assert [database[name] for name in asked] == [True, True, False, 14]


def database_of(outputs: dict[str, dict[str, str]]) -> Any:
    rds = boto3.client("rds", region_name=HOME)
    id_ = outputs["Database"]["DatabaseId"]
    return rds.describe_db_instances(DBInstanceIdentifier=id_)["DBInstances"][0]


def test_only_what_the_server_does_not_know_is_left_out() -> None:
    templates = [load(str(path)) for path in INFRA.glob("*.yaml")]
    used = {body["Type"] for template in templates for body in template["Resources"].values()}

    assert {type_ for type_ in used if resource_class_from_type(type_) is None} == UNKNOWN
