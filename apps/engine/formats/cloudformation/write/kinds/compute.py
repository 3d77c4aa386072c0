"""What runs code: functions, services of containers, instances, state machines."""

from __future__ import annotations

from apps.engine.formats.cloudformation.write.plan import Plan
from apps.engine.formats.cloudformation.write.roles import trusted
from apps.engine.formats.cloudformation.write.values import (
    Function,
    Properties,
    Value,
    att,
    ref,
    sub,
)
from apps.engine.graph import Component

FUNCTION, SERVICE, TASK = "AWS::Lambda::Function", "AWS::ECS::Service", "AWS::ECS::TaskDefinition"
ALIAS = "live"
_BASIC = "service-role/AWSLambdaBasicExecutionRole"
_IN_VPC = "service-role/AWSLambdaVPCAccessExecutionRole"
_TRACED = "AWSXRayDaemonWriteAccess"
_PYTHON = """\
# The place of the function's own code.
def handler(event, context):
    return {"statusCode": 501, "body": "Not written yet"}
"""
_NODE = """\
// The place of the function's own code.
exports.handler = async () => ({ statusCode: 501, body: "Not written yet" });
"""
CONTAINER_PORT = 8080
# https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-task-storage.html
INCLUDED_DISK_GB = 20
_IMAGE = (
    "The image that instances start from",
    "AWS::SSM::Parameter::Value<AWS::EC2::Image::Id>",
    "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64",
)


def _function(plan: Plan, component: Component) -> None:
    id_, is_at_edge = component.id, component.kind == "edge_function"
    settings = plan.rows(component, FUNCTION, "is_traced", "is_in_vpc", "provisioned_concurrency")
    runtime = plan.setting(id_, "runtime")
    properties: Properties = {"Role": _function_role(plan, id_, is_at_edge=is_at_edge), **settings}
    if plan.setting(id_, "package_type") == "Image":
        properties["Code"] = {"ImageUri": plan.ask(id_, "ImageUri", f"Image of {component.label}")}
        properties.pop("Runtime", None)
    else:
        properties |= {"Handler": "index.handler", "Runtime": runtime}
        properties["Code"] = _code(plan, component, runtime)
    if plan.setting(id_, "is_traced"):
        properties["TracingConfig"] = {"Mode": "Active"}
    if plan.setting(id_, "is_in_vpc"):
        properties["VpcConfig"] = {
            "SubnetIds": plan.subnets(),
            "SecurityGroupIds": plan.groups(),
        }
    plan.main(component, FUNCTION, properties)
    _versions(plan, id_, is_at_edge=is_at_edge)


def _function_role(plan: Plan, id_: str, *, is_at_edge: bool) -> Function:
    managed = [_IN_VPC if plan.setting(id_, "is_in_vpc") else _BASIC]
    if plan.setting(id_, "is_traced"):
        managed.append(_TRACED)
    role = plan.role(id_, "lambda.amazonaws.com", *managed)
    if is_at_edge:
        document = plan.template.resources[plan.roles[id_]].properties["AssumeRolePolicyDocument"]
        document["Statement"][0]["Principal"]["Service"] = [
            "lambda.amazonaws.com",
            "edgelambda.amazonaws.com",
        ]
    return role


def _code(plan: Plan, component: Component, runtime: str) -> Properties:
    """Return code that stands in the template, where the runtime takes it so."""
    if runtime.startswith("python"):
        return {"ZipFile": _PYTHON}
    if runtime.startswith("nodejs"):
        return {"ZipFile": _NODE}
    bucket = plan.template.parameter("CodeBucket", "The bucket that packages of code lie in")
    key = plan.ask(component.id, "CodeKey", f"Key of the package of {component.label}")
    return {"S3Bucket": bucket, "S3Key": key}


def _versions(plan: Plan, id_: str, *, is_at_edge: bool) -> None:
    ready = plan.setting(id_, "provisioned_concurrency")
    if not (ready or is_at_edge):
        return
    version = plan.part(id_, "Version", "AWS::Lambda::Version", {"FunctionName": plan.ref(id_)})
    if ready and not is_at_edge:
        alias = {
            "Name": ALIAS,
            "FunctionName": plan.ref(id_),
            "FunctionVersion": att(version, "Version"),
            "ProvisionedConcurrencyConfig": {"ProvisionedConcurrentExecutions": ready},
        }
        plan.part(id_, "Alias", "AWS::Lambda::Alias", alias)


def invoked(plan: Plan, source: str, target: str) -> Value:
    """Return the ARN by which a function is invoked: that of its alias where it has one.

    Parameters
    ----------
    plan : Plan
        The template so far.
    source : str
        Id of the caller.
    target : str
        Id of the function.

    Returns
    -------
    any
        The value.
    """
    whole = plan.names.arn(source, target)
    alias = f"{plan.ids[target]}Alias"
    if alias not in plan.template.resources:
        return whole
    return sub(f"{whole.argument}:{ALIAS}") if whole.name == "Sub" else ref(alias)


def _service(plan: Plan, component: Component) -> None:
    id_ = component.id
    cluster = plan.part(id_, "Cluster", "AWS::ECS::Cluster", {})
    launch = plan.setting(id_, "launch")
    properties: Properties = {
        "Cluster": ref(cluster),
        "TaskDefinition": ref(_task(plan, component)),
        "DesiredCount": _desired(plan, id_),
    }
    if launch == "FARGATE_SPOT":
        properties["CapacityProviderStrategy"] = [{"CapacityProvider": launch, "Weight": 1}]
        _providers(plan, id_, cluster)
    elif launch in ("FARGATE", "EC2", "EXTERNAL"):
        properties["LaunchType"] = launch
    if launch != "EXTERNAL":
        is_public = plan.setting(id_, "has_public_ip")
        network = {"Subnets": plan.subnets(), "SecurityGroups": plan.groups()}
        if launch != "EC2":
            network["AssignPublicIp"] = "ENABLED" if is_public else "DISABLED"
        properties["NetworkConfiguration"] = {"AwsvpcConfiguration": network}
    plan.main(component, SERVICE, properties)


def _providers(plan: Plan, id_: str, cluster: str) -> None:
    properties = plan.template.resources[cluster].properties
    properties["CapacityProviders"] = ["FARGATE_SPOT"]


def _desired(plan: Plan, id_: str) -> int:
    wanted = plan.setting(id_, "desired")
    return int(plan.setting(id_, "minimum") if wanted is None else wanted)


def _task(plan: Plan, component: Component) -> str:
    id_ = component.id
    launch = plan.setting(id_, "launch")
    architecture = "ARM64" if plan.setting(id_, "architecture") == "arm64" else "X86_64"
    system = "WINDOWS_SERVER_2022_CORE" if plan.setting(id_, "system") == "windows" else "LINUX"
    properties: Properties = {
        "Family": plan.ids[id_],
        "RequiresCompatibilities": ["FARGATE" if launch.startswith("FARGATE") else launch],
        "NetworkMode": "bridge" if launch == "EXTERNAL" else "awsvpc",
        "Cpu": str(plan.setting(id_, "cpu_units")),
        "Memory": str(plan.setting(id_, "memory_mb")),
        "RuntimePlatform": {"CpuArchitecture": architecture, "OperatingSystemFamily": system},
        "ExecutionRoleArn": _execution_role(plan, id_),
        "TaskRoleArn": plan.role(id_, "ecs-tasks.amazonaws.com"),
        "ContainerDefinitions": [_container(plan, component)],
    }
    disk = plan.setting(id_, "disk_gb")
    if disk > INCLUDED_DISK_GB and launch.startswith("FARGATE"):
        properties["EphemeralStorage"] = {"SizeInGiB": disk}
    return plan.part(id_, "Task", TASK, properties)


def _container(plan: Plan, component: Component) -> Properties:
    id_ = component.id
    container: Properties = {
        "Name": "app",
        "Image": plan.ask(
            id_, "Image", f"Image of {component.label}", "public.ecr.aws/nginx/nginx:stable"
        ),
        "Essential": True,
    }
    if plan.setting(id_, "launch") != "EXTERNAL":
        container["PortMappings"] = [{"ContainerPort": CONTAINER_PORT}]
    if plan.setting(id_, "writes_logs"):
        options = {
            "awslogs-create-group": "true",
            "awslogs-group": f"/ecs/{plan.ids[id_]}",
            "awslogs-region": ref("AWS::Region"),
            "awslogs-stream-prefix": "app",
        }
        container["LogConfiguration"] = {"LogDriver": "awslogs", "Options": options}
    return container


def _execution_role(plan: Plan, id_: str) -> Function:
    managed = "arn:${AWS::Partition}:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy"
    properties = trusted("ecs-tasks.amazonaws.com") | {"ManagedPolicyArns": [sub(managed)]}
    if plan.setting(id_, "writes_logs"):
        statement = {"Effect": "Allow", "Action": "logs:CreateLogGroup", "Resource": "*"}
        document = {"Version": "2012-10-17", "Statement": [statement]}
        properties["Policies"] = [{"PolicyName": "logs", "PolicyDocument": document}]
    return att(plan.part(id_, "ExecutionRole", "AWS::IAM::Role", properties))


def _instances(plan: Plan, component: Component) -> None:
    id_ = component.id
    plan.role(id_, "ec2.amazonaws.com")
    roles = {"Roles": [ref(plan.roles[id_])]}
    profile = plan.part(id_, "Profile", "AWS::IAM::InstanceProfile", roles)
    data: Properties = {
        "ImageId": plan.template.parameter("InstanceImage", *_IMAGE),
        "InstanceType": plan.setting(id_, "instance_type"),
        "SecurityGroupIds": plan.groups(),
        **_machine_of(plan, component),
    }
    is_watched = plan.setting(id_, "has_minute_metrics")
    if plan.setting(id_, "is_alone"):
        data |= {"SubnetId": plan.subnets(1)[0], "Monitoring": is_watched}
        data["IamInstanceProfile"] = ref(profile)
        plan.main(component, "AWS::EC2::Instance", data)
        return
    data["IamInstanceProfile"] = {"Arn": att(profile)}
    data |= {"Monitoring": {"Enabled": True}} if is_watched else {}
    template = plan.part(id_, "Template", "AWS::EC2::LaunchTemplate", {"LaunchTemplateData": data})
    plan.main(component, "AWS::AutoScaling::AutoScalingGroup", _group(plan, id_, template))


def _machine_of(plan: Plan, component: Component) -> Properties:
    """Return what the settings say of each instance."""
    is_alone = plan.setting(component.id, "is_alone")
    but = ("volumes", "has_public_ip", "has_minute_metrics", "instance_type")
    type_ = "AWS::EC2::Instance" if is_alone else "AWS::EC2::LaunchTemplate"
    found = plan.rows(component, type_, *but)
    data: Properties = found if is_alone else found.get("LaunchTemplateData", {})
    return data


def _group(plan: Plan, id_: str, template: str) -> Properties:
    least, most = plan.setting(id_, "minimum"), plan.setting(id_, "maximum")
    wanted = plan.setting(id_, "desired")
    most = max(least, wanted or 0) if most is None else most
    properties: Properties = {
        "MinSize": str(least),
        "MaxSize": str(most),
        "VPCZoneIdentifier": plan.subnets(),
        "LaunchTemplate": {
            "LaunchTemplateId": ref(template),
            "Version": att(template, "LatestVersionNumber"),
        },
    }
    pause = plan.setting(id_, "pause_s")
    if pause is not None:
        properties["Cooldown"] = str(int(pause))
    if wanted is not None:
        properties["DesiredCapacity"] = str(min(max(wanted, least), most))
    return properties


def _machine(plan: Plan, component: Component) -> None:
    properties = {
        "StateMachineType": plan.setting(component.id, "type"),
        "RoleArn": plan.role(component.id, "states.amazonaws.com"),
    }
    plan.main(component, "AWS::StepFunctions::StateMachine", properties)


WRITERS = {
    "auto_scaling_group": _instances,
    "ecs_service": _service,
    "edge_function": _function,
    "lambda_function": _function,
    "state_machine": _machine,
}
