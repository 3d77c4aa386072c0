"""Services by the actions of policies, and by what the names of values speak of."""

from __future__ import annotations

# Prefixes of IAM actions, where they are not the service's own short name. An empty value:
# permissions that every function needs, and that no request waits for.
ACTIONS: dict[str, str] = {
    "aoss": "opensearch",
    "application-autoscaling": "",
    "autoscaling": "",
    "aws-marketplace": "",
    "bedrock-agentcore": "bedrock",
    "cassandra": "keyspaces",
    "cloudformation": "",
    "cognito-idp": "cognito",
    "cognito-identity": "cognito",
    "cognito-sync": "cognito",
    "dax": "dynamodb",
    "ec2": "",
    "ec2messages": "",
    "ecr": "",
    "elasticfilesystem": "efs",
    "elasticmapreduce": "emr",
    "emr-containers": "emr",
    "emr-serverless": "emr",
    "es": "opensearch",
    "events": "eventbridge",
    "execute-api": "apigateway",
    "geo": "location",
    "iam": "",
    "iotdata": "iot",
    "iotjobsdata": "iot",
    "kafka": "msk",
    "kafka-cluster": "msk",
    "kms": "",
    "lambda": "lambda",
    "logs": "",
    "macie2": "macie",
    "mobileanalytics": "pinpoint",
    "mobiletargeting": "pinpoint",
    "neptune-db": "neptune",
    "osis": "opensearch",
    "rds-data": "rds",
    "rds-db": "rds",
    "redshift-data": "redshift",
    "redshift-serverless": "redshift",
    "s3-object-lambda": "s3",
    "s3express": "s3",
    "s3files": "s3",
    "s3tables": "s3",
    "s3vectors": "s3",
    "sms-voice": "pinpoint",
    "social-messaging": "",
    "ssmmessages": "",
    "states": "stepfunctions",
    "sts": "",
    "tag": "",
    "vpc": "",
    "vpc-lattice": "vpclattice",
    "vpc-lattice-svcs": "vpclattice",
    "wafv2": "waf",
    "xray": "",
}
_WORDS = (
    ("sqs", "sqs"),
    ("queue", "sqs"),
    ("sns", "sns"),
    ("topic", "sns"),
    ("lambda", "lambda"),
    ("function", "lambda"),
    ("dynamo", "dynamodb"),
    ("table", "dynamodb"),
    ("bucket", "s3"),
    ("statemachine", "stepfunctions"),
    ("stepfunction", "stepfunctions"),
    ("eventbus", "eventbridge"),
    ("firehose", "firehose"),
    ("kinesis", "kinesis"),
    ("msk", "msk"),
    ("kafka", "msk"),
)


def guess_service(name: str) -> str:
    """Return the service that a name speaks of, empty where it does not.

    Parameters
    ----------
    name : str
        Name of a parameter, an export or a variable.

    Returns
    -------
    str
        Short service name.

    Examples
    --------
    >>> guess_service("OrdersQueueArn"), guess_service("Target")
    ('sqs', '')
    """
    plain = name.lower().replace("-", "").replace("_", "")
    return next((service for word, service in _WORDS if word in plain), "")


def action_service(action: str) -> str:
    """Return the service of an IAM action, empty for those that no request waits for.

    Parameters
    ----------
    action : str
        Such as sqs:SendMessage.

    Returns
    -------
    str
        Short service name.

    Examples
    --------
    >>> [action_service(a) for a in ("states:StartExecution", "sqs:SendMessage", "logs:*")]
    ['stepfunctions', 'sqs', '']
    """
    prefix = action.partition(":")[0].strip().lower()
    if action.lower().startswith("cloudwatch:") and "putmetric" not in action.lower():
        return ""
    return ACTIONS.get(prefix, prefix)
