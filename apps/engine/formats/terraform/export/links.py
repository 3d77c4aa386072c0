"""Links of a design as the resources, documents and policies that make them."""

from __future__ import annotations

from collections.abc import Callable

from apps.engine.formats.terraform.export import apis, calls, fronts, handing, starting, telling
from apps.engine.formats.terraform.export.drafting import Draft
from apps.engine.graph import Link

Writer = Callable[[Draft, str, list[Link]], None]
_BY_SOURCE: dict[str, Writer] = {
    "alarm": telling.alarm,
    "appsync_api": apis.graph,
    "auto_scaling_group": calls.write,
    "cloudfront_distribution": fronts.distribution,
    "cognito_user_pool": telling.pool,
    "dynamodb_table": handing.table,
    "ecs_service": calls.write,
    "edge_function": calls.write,
    "event_bus": starting.bus,
    "firehose_stream": telling.delivery,
    "http_api": apis.http,
    "kinesis_stream": handing.stream,
    "lambda_function": calls.write,
    "lambda_url": apis.url,
    "load_balancer": fronts.balancer,
    "log_group": telling.logs,
    "msk_cluster": handing.stream,
    "pipe": handing.pipe,
    "rds_proxy": fronts.proxy,
    "rest_api": apis.rest,
    "s3_bucket": telling.bucket,
    "schedule": starting.schedule,
    "sns_topic": handing.topic,
    "sqs_queue": handing.queue,
    "state_machine": starting.machine,
    "websocket_api": apis.http,
}


def write_links(draft: Draft) -> None:
    """Write all links of a design.

    Parameters
    ----------
    draft : Draft
        The module, its main resources there already.
    """
    for component in draft.architecture.modelled():
        links = [
            link
            for link in draft.architecture.outbound(component.id)
            if link.target in draft.mains or draft.architecture.component(link.target).is_modelled
        ]
        writer = _BY_SOURCE.get(component.kind)
        if writer is not None and component.id in draft.mains and (links or _needs(component.kind)):
            writer(draft, component.id, links)


def _needs(kind: str) -> bool:
    """Say whether a kind is incomplete without what its links write."""
    return kind in ("cloudfront_distribution", "load_balancer", "state_machine", "http_api")
