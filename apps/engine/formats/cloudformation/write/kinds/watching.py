"""What watches, protects and connects, and what no resource of a template stands for."""

from __future__ import annotations

import json
import math

from apps.engine.formats.cloudformation.write.plan import Plan
from apps.engine.formats.cloudformation.write.roles import trusted
from apps.engine.formats.cloudformation.write.values import Properties, att, ref, sub
from apps.engine.graph import Component

# https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html
_KEPT_DAYS = (
    *(1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731),
    *(1096, 1827, 2192, 2557, 2922, 3288, 3653),
)
_BACKUPS = "service-role/AWSBackupServiceRolePolicyForBackup"


def _alarm(plan: Plan, component: Component) -> None:
    name = plan.ids[component.id]
    if plan.setting(component.id, "is_composite"):
        rule = plan.ask(
            component.id, "Rule", f"Rule of {component.label}, such as ALARM(errors)", "FALSE"
        )
        plan.main(component, "AWS::CloudWatch::CompositeAlarm", {"AlarmRule": rule})
        return
    period = _period(plan.setting(component.id, "period_s"))
    metric = {"Namespace": "Headroom", "MetricName": name}
    properties: Properties = {
        "ComparisonOperator": "GreaterThanThreshold",
        "EvaluationPeriods": 1,
        "Threshold": 1,
    }
    number = plan.setting(component.id, "metrics")
    if number > 1:
        properties["Metrics"] = _queries(metric, period, min(number, 10))
    else:
        properties |= {**metric, "Period": period, "Statistic": "Sum"}
    plan.main(component, "AWS::CloudWatch::Alarm", properties)


def _period(seconds: float) -> int:
    """Return the next period that AWS takes: 10 s, 30 s, or whole minutes."""
    short = (10, 30)
    return next((one for one in short if seconds <= one), 60 * max(1, math.ceil(seconds / 60)))


def _queries(metric: Properties, period: int, number: int) -> list[Properties]:
    """Return metrics and their sum, which is what the alarm looks at."""
    queries: list[Properties] = [
        {
            "Id": f"m{index}",
            "ReturnData": False,
            "MetricStat": {
                "Metric": {**metric, "MetricName": f"{metric['MetricName']}{index}"},
                "Period": period,
                "Stat": "Sum",
            },
        }
        for index in range(1, number + 1)
    ]
    total = "+".join(query["Id"] for query in queries)
    return [*queries, {"Id": "total", "Expression": total, "ReturnData": True}]


def _dashboard(plan: Plan, component: Component) -> None:
    text = {"type": "text", "width": 24, "height": 2, "properties": {"markdown": component.label}}
    body = json.dumps({"widgets": [text]})
    plan.main(component, "AWS::CloudWatch::Dashboard", {"DashboardBody": body})


def _backups(plan: Plan, component: Component) -> None:
    id_ = component.id
    vault = plan.part(
        id_, "Vault", "AWS::Backup::BackupVault", {"BackupVaultName": plan.short(id_, 50)}
    )
    rule: Properties = {
        "RuleName": "daily",
        "TargetBackupVault": ref(vault),
        "ScheduleExpression": "cron(0 5 * * ? *)",
    }
    days = plan.setting(id_, "kept_days")
    if days is not None:
        rule["Lifecycle"] = {"DeleteAfterDays": max(1, round(days))}
    properties = {
        "BackupPlan": {"BackupPlanName": plan.short(id_, 50), "BackupPlanRule": [rule]},
    }
    plan.main(component, "AWS::Backup::BackupPlan", properties)
    role = trusted("backup.amazonaws.com")
    role["ManagedPolicyArns"] = [sub(f"arn:${{AWS::Partition}}:iam::aws:policy/{_BACKUPS}")]
    selection = {
        "BackupPlanId": plan.ref(id_),
        "BackupSelection": {
            "SelectionName": "all",
            "IamRoleArn": att(plan.part(id_, "Role", "AWS::IAM::Role", role)),
            "Resources": ["*"],
        },
    }
    plan.part(id_, "Selection", "AWS::Backup::BackupSelection", selection)


def _log(plan: Plan, component: Component) -> None:
    days = plan.setting(component.id, "retention_days")
    kept = next((one for one in _KEPT_DAYS if days is not None and one >= days), None)
    properties = plan.rows(component, "AWS::Logs::LogGroup", "retention_days")
    properties |= {} if kept is None else {"RetentionInDays": kept}
    plan.main(component, "AWS::Logs::LogGroup", properties)


def _key(plan: Plan, component: Component) -> None:
    if plan.setting(component.id, "is_aws_managed"):
        plan.outside[component.id] = component
        return
    owner = sub("arn:${AWS::Partition}:iam::${AWS::AccountId}:root")
    statement = {
        "Effect": "Allow",
        "Principal": {"AWS": owner},
        "Action": "kms:*",
        "Resource": "*",
    }
    properties = {"KeyPolicy": {"Version": "2012-10-17", "Statement": [statement]}}
    spec = plan.setting(component.id, "spec")
    if spec != "SYMMETRIC_DEFAULT":
        properties["KeyUsage"] = _usage(spec)  # type: ignore[assignment]
    plan.main(component, "AWS::KMS::Key", properties | plan.rows(component, "AWS::KMS::Key"))


def _usage(spec: str) -> str:
    if spec.startswith("HMAC"):
        return "GENERATE_VERIFY_MAC"
    return "ENCRYPT_DECRYPT" if spec.startswith("RSA") else "SIGN_VERIFY"


def _secret(plan: Plan, component: Component) -> None:
    properties: Properties = {"GenerateSecretString": {"PasswordLength": 32}}
    plan.main(component, "AWS::SecretsManager::Secret", properties)


def _parameter(plan: Plan, component: Component) -> None:
    properties = {
        "Name": sub(f"${{AWS::StackName}}-{plan.ids[component.id]}"),
        "Type": "String",
        "Value": plan.ask(component.id, "Value", f"What {component.label} holds", "none"),
    }
    properties |= plan.rows(component, "AWS::SSM::Parameter")
    plan.main(component, "AWS::SSM::Parameter", properties)


def _traces(plan: Plan, component: Component) -> None:
    rule = {
        "RuleName": plan.short(component.id, 32),
        "Priority": 100,
        "Version": 1,
        "FixedRate": plan.setting(component.id, "fixed_rate"),
        "ReservoirSize": int(plan.setting(component.id, "reservoir_per_s")),
        **dict.fromkeys(("Host", "HTTPMethod", "ResourceARN"), "*"),
        **dict.fromkeys(("ServiceName", "ServiceType", "URLPath"), "*"),
    }
    plan.main(component, "AWS::XRay::SamplingRule", {"SamplingRule": rule})


def _nat(plan: Plan, component: Component) -> None:
    kind = plan.setting(component.id, "connectivity")
    subnet = plan.template.parameter(
        "NatSubnetId", "The public subnet that NAT gateways stand in", "AWS::EC2::Subnet::Id"
    )
    properties: Properties = {"SubnetId": subnet, "ConnectivityType": kind}
    if kind == "public":
        address = plan.part(component.id, "Address", "AWS::EC2::EIP", {"Domain": "vpc"})
        properties["AllocationId"] = att(address, "AllocationId")
    plan.main(component, "AWS::EC2::NatGateway", properties)


def _endpoint(plan: Plan, component: Component) -> None:
    id_ = component.id
    type_ = plan.setting(id_, "endpoint_type")
    name = plan.setting(id_, "service_name")
    service = sub(name) if "${" in name else name
    if not name:
        usual = "s3" if type_ == "Gateway" else "sqs"
        service = sub(f"com.amazonaws.${{AWS::Region}}.{usual}")
    properties = {"VpcId": plan.vpc(), "ServiceName": service, "VpcEndpointType": type_}
    if type_ == "Gateway":
        why = "Route tables of the private subnets"
        properties["RouteTableIds"] = plan.template.parameter("RouteTableIds", why, "List<String>")
    else:
        properties["SubnetIds"] = plan.subnets(plan.setting(id_, "zones"))
    if type_ == "Interface":
        properties |= {"SecurityGroupIds": plan.groups(), "PrivateDnsEnabled": True}
    plan.main(component, "AWS::EC2::VPCEndpoint", properties)


def _outside(plan: Plan, component: Component) -> None:
    plan.outside[component.id] = component


WRITERS = {
    "account": _outside,
    "alarm": _alarm,
    "backup_plan": _backups,
    "dashboard": _dashboard,
    "data_transfer": _outside,
    "kms_key": _key,
    "log_group": _log,
    "nat_gateway": _nat,
    "scan": _outside,
    "secret": _secret,
    "service_api": _outside,
    "ssm_parameter": _parameter,
    "vpc_endpoint": _endpoint,
    "xray_tracing": _traces,
}
