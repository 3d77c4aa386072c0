"""Moto's CloudFormation knows no scalable targets: here they reach its Application Auto Scaling."""

from __future__ import annotations

from typing import Any

from moto.applicationautoscaling.models import applicationautoscaling_backends
from moto.cloudformation import parsing
from moto.core.common_models import CloudFormationModel

NOT_SUSPENDED: Any = {
    "DynamicScalingInSuspended": False,
    "DynamicScalingOutSuspended": False,
    "ScheduledScalingSuspended": False,
}


class ScalableTarget(CloudFormationModel):
    def __init__(self, id_: str) -> None:
        self.physical_resource_id = id_

    @staticmethod
    def cloudformation_name_type() -> str:
        return ""

    @staticmethod
    def cloudformation_type() -> str:
        return "AWS::ApplicationAutoScaling::ScalableTarget"

    @classmethod
    def create_from_cloudformation_json(
        cls,
        resource_name: str,
        cloudformation_json: Any,
        account_id: str,
        region_name: str,
        **kwargs: Any,
    ) -> ScalableTarget:
        given = cloudformation_json["Properties"]
        backend = applicationautoscaling_backends[account_id][region_name]
        backend.register_scalable_target(
            namespace=given["ServiceNamespace"],
            r_id=given["ResourceId"],
            dimension=given["ScalableDimension"],
            min_capacity=int(given["MinCapacity"]),
            max_capacity=int(given["MaxCapacity"]),
            role_arn=given.get("RoleARN", ""),
            suspended_state=given.get("SuspendedState", NOT_SUSPENDED),
        )
        return cls("|".join(given[k] for k in ("ResourceId", "ScalableDimension")))


def forget_what_was_known() -> None:
    """Let moto look again for the types of resources that it can make."""
    for known in (parsing.get_model_list, parsing.get_model_map, parsing.get_name_type_map):
        known.cache_clear()
