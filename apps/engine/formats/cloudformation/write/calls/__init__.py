"""How links become what AWS calls by: permissions, routes, rules, mappings, subscriptions."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from apps.engine.formats.cloudformation.write.calls import (
    balancers,
    code,
    deliveries,
    distributions,
    graphs,
    http,
    machines,
    pipes,
    polls,
    pushes,
    rest,
    rules,
)
from apps.engine.formats.cloudformation.write.plan import Plan
from apps.engine.graph import Link

Connector = Callable[[Plan, str, list[Link]], list[Link]]

_BY_SOURCE: Mapping[str, Connector] = {
    "appsync_api": graphs.resolve_all,
    "auto_scaling_group": code.call_all,
    "cloudfront_distribution": distributions.origin_all,
    "cognito_user_pool": pushes.trigger_all,
    "dax_cluster": deliveries.stand_before_all,
    "documentdb_cluster": polls.feed_all,
    "dynamodb_table": polls.feed_all,
    "ecs_service": code.call_all,
    "edge_function": code.call_from_edge,
    "event_bus": rules.rule_all,
    "firehose_stream": deliveries.deliver_to_all,
    "http_api": http.route_all,
    "kinesis_stream": polls.feed_all,
    "lambda_function": code.call_all,
    "lambda_url": balancers.point_all,
    "load_balancer": balancers.balance_all,
    "log_group": pushes.filter_all,
    "msk_cluster": polls.feed_all,
    "pipe": pipes.pipe_all,
    "rds_proxy": deliveries.borrow_all,
    "rest_api": rest.answer_all,
    "s3_bucket": pushes.notify_all,
    "schedule": rules.start_all,
    "secret": pushes.rotate_all,
    "sns_topic": pushes.deliver_all,
    "sqs_queue": polls.feed_all,
    "state_machine": machines.run_all,
    "websocket_api": http.connect_all,
}


# These choose the door of what they call; the others hand on what happens to them.
_BY_DOOR = frozenset(
    {
        *("appsync_api", "auto_scaling_group", "cloudfront_distribution", "dax_cluster"),
        *("ecs_service", "edge_function", "http_api", "lambda_function", "pipe", "rds_proxy"),
        *("rest_api", "state_machine", "websocket_api"),
    }
)


def connect(plan: Plan, id_: str) -> list[Link]:
    """Write the links of a component to others.

    Parameters
    ----------
    plan : Plan
        The template so far.
    id_ : str
        Id of the component.

    Returns
    -------
    list of Link
        Those that AWS has no way for.
    """
    links = list(plan.design.outbound(id_))
    able = [link for link in links if _can(plan, link)]
    able = able if plan.kind(id_) in _BY_DOOR else _once(able)
    connector = _BY_SOURCE.get(plan.kind(id_))
    missed = connector(plan, id_, able) if connector is not None else able
    return [link for link in links if link not in able] + missed


def _once(links: list[Link]) -> list[Link]:
    """Return the first link to each target: who hands on its events does so by one door."""
    return list({link.target: link for link in reversed(links)}.values())[::-1]


def _can(plan: Plan, link: Link) -> bool:
    """Say whether the two ends of a link can be written at all."""
    if link.target not in plan.kinds:
        return False
    kind = plan.kind(link.target)
    if kind == "pipe":
        return pipes.takes_from(plan, link)
    if kind == "firehose_stream" and plan.kind(link.source) == "kinesis_stream":
        return deliveries.is_read(plan, link)
    if kind == "firehose_stream" and link.role == "read":
        return False
    return plan.names.is_reachable(link.source, link.target)
