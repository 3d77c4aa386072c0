"""Designs that are measured: one of fifteen components, and rows of many."""

from __future__ import annotations

from apps.engine.graph import Architecture
from tests.engine.worlds import component, link

SALE = [{"name": "sale", "at": "20:00", "ramp_s": 60, "hold_s": 180, "factor": 5}]
CROWD = [{"name": "crowd", "at": "20:00", "ramp_s": 20, "hold_s": 300, "factor": 12}]


def fifteen() -> Architecture:
    """A shop behind a CDN: an API, five functions, stores, a queue, a topic, a third party."""
    return Architecture(
        components=(
            component("Cdn", "cloudfront_distribution"),
            component("Api", "http_api"),
            *(
                component(name, "lambda_function", memory_mb=memory_mb)
                for name, memory_mb in (
                    ("Auth", 512),
                    ("Catalog", 512),
                    ("Checkout", 1024),
                    ("Search", 512),
                    ("Worker", 512),
                )
            ),
            component("Cache", "elasticache_cluster"),
            component("Db", "rds_instance"),
            component("Orders", "dynamodb_table"),
            component("Users", "dynamodb_table"),
            component("Pay", "outside_api"),
            component("Queue", "sqs_queue"),
            component("Files", "s3_bucket"),
            component("Topic", "sns_topic"),
        ),
        links=(
            link("Cdn", "Api", "request"),
            *(link("Api", name, "invoke") for name in ("Auth", "Catalog", "Checkout", "Search")),
            link("Auth", "Users", "read", calls=1.0),
            link("Catalog", "Cache", "command", calls=1.0),
            link("Catalog", "Db", "query", calls=0.2),
            link("Checkout", "Db", "query", calls=2.0),
            link("Checkout", "Orders", "write", calls=1.0),
            link("Checkout", "Pay", "call", calls=1.0),
            link("Checkout", "Queue", "send", mode="async", calls=1.0),
            link("Search", "Files", "get", calls=1.0),
            link("Queue", "Worker", "invoke", mode="stream", settings={"batch": 10}),
            link("Worker", "Topic", "publish", mode="async", calls=1.0),
        ),
    )


def rows(count: int) -> Architecture:
    """Return so many functions with a table each, behind one API: 2 × count + 1 components."""
    functions = [component(f"Fn{k}", "lambda_function", memory_mb=512) for k in range(count)]
    tables = [component(f"Table{k}", "dynamodb_table") for k in range(count)]
    return Architecture(
        components=(component("Api", "http_api"), *functions, *tables),
        links=(
            *(link("Api", f"Fn{k}", "invoke") for k in range(count)),
            *(link(f"Fn{k}", f"Table{k}", "write", calls=1.0) for k in range(count)),
        ),
    )
