"""Where files lie: buckets and file systems."""

from __future__ import annotations

from apps.engine.formats.cloudformation.write.plan import Plan
from apps.engine.formats.cloudformation.write.values import Properties, att, pick, ref
from apps.engine.graph import Component

_ALL = ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets")
# An Availability Zone takes one mount target of a file system.
MOUNTS = 2
# https://docs.aws.amazon.com/ebs/latest/userguide/ebs-volume-types.html
_WITH_IOPS, LEAST_IOPS = ("gp3", "io1", "io2"), 100


def _bucket(plan: Plan, component: Component) -> None:
    properties: Properties = {"PublicAccessBlockConfiguration": dict.fromkeys(_ALL, True)}
    has_key = plan.setting(component.id, "has_bucket_key")
    if "encryption" in component.settings or has_key:
        rule: Properties = {
            "ServerSideEncryptionByDefault": {
                "SSEAlgorithm": plan.setting(component.id, "encryption")
            }
        }
        rule |= {"BucketKeyEnabled": True} if has_key else {}
        properties["BucketEncryption"] = {"ServerSideEncryptionConfiguration": [rule]}
    plan.main(component, "AWS::S3::Bucket", properties)


def _file_system(plan: Plan, component: Component) -> None:
    is_provisioned = plan.setting(component.id, "throughput_mode") == "provisioned"
    but = ["is_one_zone", *([] if is_provisioned else ["provisioned_mib_s"])]
    properties = plan.rows(component, "AWS::EFS::FileSystem", *but)
    if is_provisioned:
        properties["ProvisionedThroughputInMibps"] = plan.setting(component.id, "provisioned_mib_s")
    properties["Encrypted"] = True
    if plan.setting(component.id, "is_one_zone"):
        properties["AvailabilityZoneName"] = plan.ask(
            component.id, "Zone", f"The Availability Zone that {component.label} stands in"
        )
    id_ = plan.main(component, "AWS::EFS::FileSystem", properties)
    zones = 1 if plan.setting(component.id, "is_one_zone") else MOUNTS
    plan.subnets()
    for number in range(zones):
        mount = {
            "FileSystemId": ref(id_),
            "SubnetId": pick(number, "SubnetIds"),
            "SecurityGroups": plan.groups(),
        }
        plan.part(component.id, f"Mount{number + 1}", "AWS::EFS::MountTarget", mount)


def mounted(plan: Plan, caller: str, target: str) -> Properties:
    """Return what a function needs to see a file system among its own files.

    Parameters
    ----------
    plan : Plan
        The template so far.
    caller : str
        Id of the function.
    target : str
        Id of the file system.

    Returns
    -------
    dict
        An entry of FileSystemConfigs.
    """
    wanted = f"{plan.ids[target]}AccessPoint"
    if wanted not in plan.template.resources:
        owner = {"Uid": "1000", "Gid": "1000"}
        root = {
            "Path": "/code",
            "CreationInfo": {"OwnerUid": "1000", "OwnerGid": "1000", "Permissions": "750"},
        }
        point = {"FileSystemId": plan.ref(target), "PosixUser": owner, "RootDirectory": root}
        plan.part(target, "AccessPoint", "AWS::EFS::AccessPoint", point)
    return {"Arn": att(wanted), "LocalMountPath": f"/mnt/{plan.ids[target].lower()[:60]}"}


def _volume(plan: Plan, component: Component) -> None:
    id_ = component.id
    type_ = plan.setting(id_, "volume_type")
    properties: Properties = {
        "AvailabilityZone": plan.ask(
            id_,
            "Zone",
            f"The Availability Zone that {component.label} stands in, such as us-east-1a",
        ),
        "VolumeType": type_,
        "Size": plan.setting(id_, "size_gb"),
        "Encrypted": True,
    }
    iops = plan.setting(id_, "iops")
    if type_ in _WITH_IOPS and (iops or type_ != "gp3"):
        properties["Iops"] = iops or LEAST_IOPS
    throughput = plan.setting(id_, "throughput_mb_per_s")
    if throughput and type_ == "gp3":
        properties["Throughput"] = throughput
    plan.main(component, "AWS::EC2::Volume", properties)


WRITERS = {"ebs_volume": _volume, "efs_file_system": _file_system, "s3_bucket": _bucket}
