"""Tables: DynamoDB with its indexes, DAX before it, Keyspaces."""

from __future__ import annotations

from apps.engine.formats.cloudformation.write.plan import Plan
from apps.engine.formats.cloudformation.write.values import Properties, ref
from apps.engine.graph import Component

TABLE = "AWS::DynamoDB::Table"
_COUNTED = (
    *("indexes", "index_write_capacity", "indexes_write_capacity", "indexes_read_capacity"),
    *("read_capacity", "write_capacity", "billing_mode"),
)
PROVISIONED = "PROVISIONED"
# Of a table 20, of which AWS makes one at a time when they are added later.
MOST_INDEXES = 20


def _table(plan: Plan, component: Component) -> None:
    id_ = component.id
    indexes = min(plan.setting(id_, "indexes"), MOST_INDEXES)
    keys = ["pk", *(f"index{number}" for number in range(1, indexes + 1))]
    properties: Properties = {
        "BillingMode": plan.setting(id_, "billing_mode"),
        "AttributeDefinitions": [{"AttributeName": k, "AttributeType": "S"} for k in keys],
        "KeySchema": _key("pk"),
    }
    is_provisioned = properties["BillingMode"] == PROVISIONED
    if is_provisioned:
        properties["ProvisionedThroughput"] = {
            "ReadCapacityUnits": plan.setting(id_, "read_capacity"),
            "WriteCapacityUnits": plan.setting(id_, "write_capacity"),
        }
    if indexes:
        shares = _shares(plan, id_, indexes) if is_provisioned else [None] * indexes
        properties["GlobalSecondaryIndexes"] = [
            _index(key, share) for key, share in zip(keys[1:], shares, strict=True)
        ]
    if plan.setting(id_, "has_stream"):
        properties["StreamSpecification"] = {"StreamViewType": "NEW_AND_OLD_IMAGES"}
    plan.main(component, TABLE, properties | plan.rows(component, TABLE, *_COUNTED))


def _key(name: str) -> list[Properties]:
    return [{"AttributeName": name, "KeyType": "HASH"}]


def _index(key: str, throughput: Properties | None) -> Properties:
    index: Properties = {"IndexName": f"by-{key}", "KeySchema": _key(key)}
    index["Projection"] = {"ProjectionType": "ALL"}
    return index | ({"ProvisionedThroughput": throughput} if throughput else {})


def _shares(plan: Plan, id_: str, indexes: int) -> list[Properties | None]:
    """Return the capacity of each index: the smallest as it is known, the others' what is left."""
    reads = max(1, round(plan.setting(id_, "indexes_read_capacity") / indexes))
    total = plan.setting(id_, "indexes_write_capacity")
    least = plan.setting(id_, "index_write_capacity")
    least = max(1, round(total / indexes)) if least is None else least
    rest = max(least, round((total - least) / (indexes - 1))) if indexes > 1 else least
    writes = [least, *([rest] * (indexes - 1))]
    return [{"ReadCapacityUnits": reads, "WriteCapacityUnits": units} for units in writes]


def _accelerator(plan: Plan, component: Component) -> None:
    group = plan.part(
        component.id, "Subnets", "AWS::DAX::SubnetGroup", {"SubnetIds": plan.subnets()}
    )
    properties = {
        "IAMRoleARN": plan.role(component.id, "dax.amazonaws.com"),
        "NodeType": plan.setting(component.id, "node_type"),
        "ReplicationFactor": plan.setting(component.id, "nodes"),
        "SubnetGroupName": ref(group),
        "SecurityGroupIds": plan.groups(),
    }
    plan.main(component, "AWS::DAX::Cluster", properties)


def _keyspaces(plan: Plan, component: Component) -> None:
    id_ = component.id
    name = plan.ask(
        id_,
        "KeyspaceName",
        f"Keyspace of {component.label}",
        f"keyspace_{plan.short(id_, 39).lower()}",
    )
    keyspace = plan.part(id_, "Keyspace", "AWS::Cassandra::Keyspace", {"KeyspaceName": name})
    properties: Properties = {
        "KeyspaceName": ref(keyspace),
        "TableName": plan.short(id_, 48).lower(),
        "PartitionKeyColumns": [{"ColumnName": "id", "ColumnType": "text"}],
        "RegularColumns": [{"ColumnName": "body", "ColumnType": "text"}],
        "BillingMode": {"Mode": plan.setting(id_, "billing_mode")},
    }
    if plan.setting(id_, "billing_mode") == PROVISIONED:
        properties["BillingMode"]["ProvisionedThroughput"] = {
            "ReadCapacityUnits": plan.setting(id_, "read_capacity"),
            "WriteCapacityUnits": plan.setting(id_, "write_capacity"),
        }
    if plan.setting(id_, "has_pitr"):
        properties["PointInTimeRecoveryEnabled"] = True
    plan.main(component, "AWS::Cassandra::Table", properties)


WRITERS = {
    "dax_cluster": _accelerator,
    "dynamodb_table": _table,
    "keyspaces_table": _keyspaces,
}
