"""AWS's services by the names that templates and policies use for them.

Values are short service names. A namespace lists the resource types that carry load; its other
types are parts of those, such as a resolver of an API.
"""

from __future__ import annotations

from typing import NamedTuple


class Namespace(NamedTuple):
    service: str
    main: tuple[str, ...] = ()


def _of(service: str, *main: str) -> Namespace:
    return Namespace(service, main)


NAMESPACES: dict[str, Namespace] = {
    "AmazonMQ": _of("mq", "Broker"),
    "Amplify": _of("amplify", "App"),
    "ApiGateway": _of("apigateway", "RestApi"),
    "ApiGatewayV2": _of("apigateway", "Api"),
    "AppConfig": _of("appconfig", "Application"),
    "AppRunner": _of("apprunner", "Service"),
    "AppSync": _of("appsync", "GraphQLApi", "Api"),
    "Athena": _of("athena", "WorkGroup"),
    "AutoScaling": _of("ec2", "AutoScalingGroup"),
    "Batch": _of("batch", "JobQueue"),
    "Bedrock": _of("bedrock", "Agent", "KnowledgeBase", "Flow"),
    "BedrockAgentCore": _of("bedrock", "Gateway", "Runtime"),
    "Cassandra": _of("keyspaces", "Table"),
    "CloudFront": _of("cloudfront", "Distribution"),
    "CloudTrail": _of("cloudtrail", "Trail"),
    "CloudWatch": _of("cloudwatch"),
    "CodeBuild": _of("codebuild", "Project"),
    "CodeCommit": _of("codecommit", "Repository"),
    "CodePipeline": _of("codepipeline", "Pipeline"),
    "Cognito": _of("cognito", "UserPool", "IdentityPool"),
    "Connect": _of("connect", "Instance"),
    "DAX": _of("dynamodb", "Cluster"),
    "DSQL": _of("dsql", "Cluster"),
    "DocDB": _of("documentdb", "DBCluster"),
    "DocDBElastic": _of("documentdb", "Cluster"),
    "DynamoDB": _of("dynamodb", "Table", "GlobalTable"),
    "EC2": _of("ec2", "Instance"),
    "ECR": _of("ecr"),
    "ECS": _of("ecs", "Service"),
    "EFS": _of("efs", "FileSystem"),
    "EMR": _of("emr", "Cluster"),
    "EMRServerless": _of("emr", "Application"),
    "EKS": _of("eks", "Cluster"),
    "ElastiCache": _of("elasticache", "CacheCluster", "ReplicationGroup", "ServerlessCache"),
    "ElasticLoadBalancing": _of("elb", "LoadBalancer"),
    "ElasticLoadBalancingV2": _of("alb", "LoadBalancer"),
    "Elasticsearch": _of("opensearch", "Domain"),
    "Events": _of("eventbridge", "EventBus"),
    "FSx": _of("fsx", "FileSystem"),
    "Glue": _of("glue", "Job", "Crawler", "Workflow", "Database"),
    "GuardDuty": _of("guardduty", "MalwareProtectionPlan", "Detector"),
    "IoT": _of("iot", "TopicRule"),
    "Kendra": _of("kendra", "Index"),
    "Kinesis": _of("kinesis", "Stream"),
    "KinesisAnalyticsV2": _of("kinesisanalytics", "Application"),
    "KinesisFirehose": _of("firehose", "DeliveryStream"),
    "Lambda": _of("lambda", "Function", "Url", "MicrovmImage"),
    "Lex": _of("lex", "Bot"),
    "Location": _of("location", "PlaceIndex", "Map", "Tracker", "RouteCalculator"),
    "Logs": _of("cloudwatch"),
    "MSK": _of("msk", "Cluster", "ServerlessCluster"),
    "Macie": _of("macie", "Session"),
    "MediaConvert": _of("mediaconvert", "Queue"),
    "MemoryDB": _of("memorydb", "Cluster"),
    "Neptune": _of("neptune", "DBCluster"),
    "OSIS": _of("opensearch", "Pipeline"),
    "OpenSearchServerless": _of("opensearch", "Collection"),
    "OpenSearchService": _of("opensearch", "Domain"),
    "Personalize": _of("personalize", "Solution"),
    "Pinpoint": _of("pinpoint", "App"),
    "Pipes": _of("pipes", "Pipe"),
    "QBusiness": _of("qbusiness", "Application"),
    "QLDB": _of("qldb", "Ledger"),
    "QuickSight": _of("quicksight", "Dashboard"),
    "RUM": _of("cloudwatch", "AppMonitor"),
    "RDS": _of("rds", "DBInstance", "DBCluster", "DBProxy"),
    "Redshift": _of("redshift", "Cluster"),
    "RedshiftServerless": _of("redshift", "Workgroup"),
    "Route53": _of("route53", "HostedZone", "RecordSet", "RecordSetGroup"),
    "S3": _of("s3", "Bucket"),
    "S3Files": _of("s3", "FileSystem"),
    "S3Express": _of("s3", "DirectoryBucket"),
    "S3ObjectLambda": _of("s3", "AccessPoint"),
    "S3Tables": _of("s3", "TableBucket"),
    "S3Vectors": _of("s3", "VectorBucket"),
    "SES": _of("ses", "EmailIdentity", "ReceiptRule"),
    "SNS": _of("sns", "Topic"),
    "SQS": _of("sqs", "Queue"),
    "SSM": _of("ssm"),
    "SageMaker": _of("sagemaker", "Endpoint"),
    "Scheduler": _of("scheduler", "Schedule"),
    "SecretsManager": _of("secretsmanager"),
    "StepFunctions": _of("stepfunctions", "StateMachine"),
    "Synthetics": _of("cloudwatch", "Canary"),
    "Timestream": _of("timestream", "Table", "InfluxDBInstance"),
    "Transfer": _of("transfer", "Server"),
    "VerifiedPermissions": _of("verifiedpermissions", "PolicyStore"),
    "VpcLattice": _of("vpclattice", "Service", "ServiceNetwork"),
    "WAF": _of("waf", "WebACL"),
    "WAFRegional": _of("waf", "WebACL"),
    "WAFv2": _of("waf", "WebACL"),
    "WorkSpaces": _of("workspaces", "Workspace"),
}
SERVERLESS: dict[str, str] = {
    "Api": "apigateway",
    "Function": "lambda",
    "GraphQLApi": "appsync",
    "HttpApi": "apigateway",
    "SimpleTable": "dynamodb",
    "StateMachine": "stepfunctions",
    "WebSocketApi": "apigateway",
}
# Namespaces whose resources never carry a request.
PLUMBING = frozenset(
    {
        *("ACMPCA", "AccessAnalyzer", "ApplicationAutoScaling", "ApplicationInsights"),
        *("AutoScalingPlans", "Backup", "Budgets", "CE", "CertificateManager"),
        *("Chatbot", "CloudFormation", "CodeArtifact", "CodeDeploy", "CodeStarConnections"),
        *("CodeStarNotifications", "Config", "DLM", "EventSchemas", "FIS", "IAM", "Inspector"),
        *("InspectorV2", "InternetMonitor", "KMS", "LakeFormation", "NetworkFirewall", "OAM"),
        *("Organizations", "RAM", "ResourceGroups", "Route53Resolver", "SSO"),
        *("SecurityHub", "ServiceCatalog", "ServiceCatalogAppRegistry", "ServiceDiscovery"),
        *("Signer", "XRay"),
    }
)
# Who may stand in a permission's Principal, before `.amazonaws.com` or `.amazon.com`.
PRINCIPALS: dict[str, str] = {
    "alexa-appkit": "alexa",
    "apigateway": "apigateway",
    "appsync": "appsync",
    "bedrock": "bedrock",
    "cognito-idp": "cognito",
    "config": "",
    "elasticloadbalancing": "alb",
    "events": "eventbridge",
    "iot": "iot",
    "lex": "lex",
    "lexv2": "lex",
    "logs": "cloudwatch",
    "s3": "s3",
    "scheduler": "scheduler",
    "secretsmanager": "secretsmanager",
    "ses": "ses",
    "sns": "sns",
    "vpc-lattice": "vpclattice",
}


def split_type(type_: str) -> tuple[str, str]:
    """Return namespace and name of a resource type.

    Parameters
    ----------
    type_ : str
        Such as AWS::SQS::Queue.

    Returns
    -------
    namespace : str
        Such as SQS; Custom for a resource of one's own.
    name : str
        Such as Queue.

    Examples
    --------
    >>> split_type("AWS::SQS::Queue"), split_type("Custom::Seed")
    (('SQS', 'Queue'), ('Custom', 'Seed'))
    """
    parts = type_.split("::")
    return (parts[1], parts[2]) if len(parts) >= 3 else (parts[0], parts[-1])


def service_of(type_: str) -> str:
    """Return the short service name of a resource type, empty where it is not known.

    Parameters
    ----------
    type_ : str
        Such as AWS::SQS::Queue.

    Returns
    -------
    str
        Such as sqs.
    """
    namespace, name = split_type(type_)
    if namespace == "Serverless":
        return SERVERLESS.get(name, "")
    known = NAMESPACES.get(namespace)
    return known.service if known is not None else ""


def is_supporting(type_: str) -> bool:
    """Return whether resources of a type carry no load themselves.

    Parameters
    ----------
    type_ : str
        Such as AWS::IAM::Role.

    Returns
    -------
    bool
        False for types of a service that is not known.
    """
    namespace, name = split_type(type_)
    if not type_.startswith("AWS::") or namespace in PLUMBING:
        return True
    if namespace == "Serverless":
        return name not in SERVERLESS
    known = NAMESPACES.get(namespace)
    return known is not None and name not in known.main
