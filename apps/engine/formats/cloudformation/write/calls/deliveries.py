"""Firehose streams: what they take in, and where they deliver. Caches and proxies beside them."""

from __future__ import annotations

from apps.engine.formats.cloudformation.write.calls.permits import permit
from apps.engine.formats.cloudformation.write.kinds.compute import invoked
from apps.engine.formats.cloudformation.write.kinds.messages import address
from apps.engine.formats.cloudformation.write.plan import Plan
from apps.engine.formats.cloudformation.write.values import Properties, Value, att
from apps.engine.graph import Link

_FIREHOSE = "firehose.amazonaws.com"
_BUCKET_ACTIONS = (
    *("s3:AbortMultipartUpload", "s3:GetBucketLocation", "s3:ListBucketMultipartUploads"),
    *("s3:PutObject",),
)
_READ_ACTIONS = (
    *("kinesis:DescribeStream", "kinesis:GetRecords"),
    *("kinesis:GetShardIterator", "kinesis:ListShards"),
)
_SEARCH_ACTIONS = ("es:DescribeDomain", "es:ESHttpPost", "es:ESHttpPut")


def deliver_to_all(plan: Plan, id_: str, links: list[Link]) -> list[Link]:
    """Write where a delivery stream takes from and where it delivers.

    Parameters
    ----------
    plan : Plan
        The template so far.
    id_ : str
        Id of the stream.
    links : list of Link
        Where it delivers, and the function that changes its records.

    Returns
    -------
    list of Link
        Those that AWS has no way for.
    """
    bucket, search, outside = (
        _first(plan, links, kind, role)
        for kind, role in (
            ("s3_bucket", "put"),
            ("opensearch_domain", "index"),
            ("outside_api", "call"),
        )
    )
    made = [link for link in (search or outside, bucket) if link is not None]
    function = _first(plan, links, "lambda_function", "invoke")
    made += [function] if function is not None else []
    role = plan.role(id_, _FIREHOSE)
    properties = plan.properties(id_)
    properties |= _source(plan, id_, role)
    lies_in = {"BucketARN": _bucket(plan, id_, bucket), "RoleARN": role}
    changing = _changing(plan, function)
    if search is not None:
        name, block = "AmazonopensearchserviceDestinationConfiguration", _search(plan, search)
    elif outside is not None:
        name, block = "HttpEndpointDestinationConfiguration", _http(plan, outside)
    else:
        name, block = "ExtendedS3DestinationConfiguration", dict(lies_in)
    if name.startswith("Extended"):
        properties[name] = block | _buffers(plan, id_) | changing
    else:
        whole = {**block, "RoleARN": role, "S3Configuration": lies_in}
        properties[name] = whole | _buffers(plan, id_) | changing
    return [link for link in links if link not in made]


def _first(plan: Plan, links: list[Link], kind: str, role: str) -> Link | None:
    return next((o for o in links if plan.kind(o.target) == kind and o.role == role), None)


def _source(plan: Plan, id_: str, role: Value) -> Properties:
    streams = [o for o in plan.design.inbound(id_) if plan.kind(o.source) == "kinesis_stream"]
    if not streams:
        return {"DeliveryStreamType": "DirectPut"}
    stream = att(plan.ids[streams[0].source])
    plan.allow(id_, _READ_ACTIONS, [stream])
    block = {"KinesisStreamARN": stream, "RoleARN": role}
    return {
        "DeliveryStreamType": "KinesisStreamAsSource",
        "KinesisStreamSourceConfiguration": block,
    }


def is_read(plan: Plan, link: Link) -> bool:
    """Say whether a delivery stream reads the source of a link: it reads one stream of Kinesis.

    Parameters
    ----------
    plan : Plan
        The template so far.
    link : Link
        A link into a delivery stream.

    Returns
    -------
    bool
        True for the first stream.
    """
    taken = plan.design.inbound(link.target)
    streams = [o for o in taken if plan.kind(o.source) == "kinesis_stream"]
    return bool(streams) and streams[0].key == link.key


def _bucket(plan: Plan, id_: str, link: Link | None) -> Value:
    if link is None:
        label = plan.design.component(id_).label
        return plan.ask(
            id_,
            "BucketArn",
            f"ARN of the bucket for what {label} delivers; its policy must let its role write",
        )
    whole = plan.names.arn(id_, link.target)
    plan.allow(id_, _BUCKET_ACTIONS, [whole, plan.names.below(id_, link.target, "/*")])
    return whole


def _buffers(plan: Plan, id_: str) -> Properties:
    settings = plan.design.component(id_).settings
    if not {"buffer_mb", "buffer_s"} & set(settings):
        return {}
    size, time = plan.setting(id_, "buffer_mb"), plan.setting(id_, "buffer_s")
    return {"BufferingHints": {"IntervalInSeconds": int(time), "SizeInMBs": int(size)}}


def _changing(plan: Plan, link: Link | None) -> Properties:
    if link is None:
        return {}
    function = invoked(plan, link.source, link.target)
    plan.allow(link.source, ["lambda:InvokeFunction"], [function])
    argument = {"ParameterName": "LambdaArn", "ParameterValue": function}
    processor = {"Type": "Lambda", "Parameters": [argument]}
    return {"ProcessingConfiguration": {"Enabled": True, "Processors": [processor]}}


def _search(plan: Plan, link: Link) -> Properties:
    whole = plan.names.arn(link.source, link.target)
    below = plan.names.below(link.source, link.target, "/*")
    plan.allow(link.source, _SEARCH_ACTIONS, [whole, below])
    return {"DomainARN": whole, "IndexName": "records"}


def _http(plan: Plan, link: Link) -> Properties:
    component = plan.design.component(link.target)
    return {"EndpointConfiguration": {"Url": address(plan, component), "Name": "endpoint"}}


def stand_before_all(plan: Plan, id_: str, links: list[Link]) -> list[Link]:
    """Write what a cache before a table may do there.

    Parameters
    ----------
    plan : Plan
        The template so far.
    id_ : str
        Id of the cache.
    links : list of Link
        The tables.

    Returns
    -------
    list of Link
        Those that AWS has no way for.
    """
    made = [link for link in links if plan.kind(link.target) == "dynamodb_table"]
    for link in made:
        permit(plan, link)
    return [link for link in links if link not in made]


def borrow_all(plan: Plan, id_: str, links: list[Link]) -> list[Link]:
    """Return what a proxy cannot stand before: it is written with its first database.

    Parameters
    ----------
    plan : Plan
        The template so far.
    id_ : str
        Id of the proxy.
    links : list of Link
        What stands behind it.

    Returns
    -------
    list of Link
        All but the first database.
    """
    databases = ("rds_instance", "aurora_cluster")
    able = [o for o in links if plan.kind(o.target) in databases and o.role == "query"]
    return [link for link in links if link not in able[:1]]
