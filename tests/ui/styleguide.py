"""A page that holds every part of the kit, with numbers that agree but are made up."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

from django import forms
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.urls import include, path

PAGE = Path(__file__).with_name("styleguide.html")
COMPONENTS = (
    ("cdn", "storefront-cdn", "cloudfront_distribution", "CloudFront", 0.007, "request rate"),
    ("assets", "web-assets", "s3_bucket", "S3 bucket", 0.007, "GET rate"),
    ("api", "storefront-api", "http_api", "HTTP API", 0.049, "request rate"),
    ("read", "catalog-read", "lambda_function", "Lambda", 0.07, "concurrency"),
    ("checkout", "checkout", "lambda_function", "Lambda", 0.286, "concurrency"),
    ("catalog", "catalog", "dynamodb_table", "DynamoDB on-demand", 0.046, "read units"),
    ("queue", "orders-queue", "sqs_queue", "SQS standard", 0.003, "in flight"),
    ("worker", "order-worker", "lambda_function", "Lambda", 0.42, "concurrency"),
    ("db", "orders-db", "rds_instance", "RDS PostgreSQL", 0.436, "connections"),
    ("events", "order-events", "sns_topic", "SNS topic", 0.014, "publish rate"),
    ("receipts", "receipts", "s3_bucket", "S3 bucket", 0.012, "PUT rate"),
)
CALLS = (
    ("users", "cdn", "sync", 1640),
    ("cdn", "assets", "sync", 38),
    ("cdn", "api", "sync", 492),
    ("api", "read", "sync", 370),
    ("api", "checkout", "sync", 122),
    ("read", "catalog", "sync", 370),
    ("checkout", "queue", "async", 41),
    ("checkout", "db", "sync", 122),
    ("queue", "worker", "async", 41),
    ("worker", "db", "sync", 41),
    ("worker", "events", "async", 41),
    ("worker", "receipts", "sync", 41),
)
COSTS = (
    ("CloudFront", 550),
    ("RDS PostgreSQL", 493),
    ("Lambda", 338),
    ("API Gateway", 157),
    ("CloudWatch", 90),
    ("NAT gateway", None),
)


class SettingsForm(forms.Form):
    instance_class = forms.ChoiceField(choices=[("l", "db.r6g.large, 2 vCPU, 16 GiB")])
    storage = forms.IntegerField(
        min_value=20, widget=forms.NumberInput(attrs={"data-unit": "GiB"}), help_text="20 to 65,536"
    )
    standby = forms.BooleanField(label="Multi-AZ standby", required=False)
    note = forms.CharField(widget=forms.Textarea, required=False)
    template = forms.FileField(required=False, help_text="YAML or JSON, at most 5 MB")
    mode = forms.ChoiceField(
        choices=[("auto", "Automate"), ("manual", "Manual")], widget=forms.RadioSelect
    )


def architecture(scale: float = 1) -> dict[str, Any]:
    nodes = [
        {
            "id": id_,
            "name": name,
            "kind": kind,
            "kind_label": label,
            "href": f"#{id_}",
            "use": use * scale,
            "limit_label": limit,
            "first_limit": id_ == "db",
            "selected": id_ == "db",
        }
        for id_, name, kind, label, use, limit in COMPONENTS
    ]
    waf = {"id": "waf", "name": "StorefrontFirewall", "kind": "AWS::WAFv2::WebACL"}
    nodes.append(waf | {"kind_label": "WAF web ACL", "href": "#waf", "modelled": False})
    edges = [
        {"source": source, "target": target, "mode": mode, "rate_per_s": rate * scale}
        for source, target, mode, rate in CALLS
    ]
    return {
        "nodes": nodes,
        "edges": edges,
        "users_label": "180k users/day",
        "users_href": "#users",
        "label": "Architecture of Checkout v14",
    }


def day(peak: float, minutes: int = 1440) -> list[float]:
    return [
        peak
        * (0.12 + 0.08 * math.sin(minute / 230) + 0.8 * math.exp(-(((minute - 860) / 25) ** 2)))
        for minute in range(minutes)
    ]


def context(form: forms.Form) -> dict[str, Any]:
    series = [
        {"name": name, "values": day(use)}
        for _, name, *_, use, _ in sorted(COMPONENTS, key=lambda one: -one[4])
    ]
    return {
        "diagram": architecture(),
        "diagram_twice": architecture(2.4),
        "series": series,
        "requests": day(492),
        "peak": {
            "at_s": 860 * 60,
            "use": 0.436,
            "label": "2.3× headroom",
            "detail": "349 of 800 connections at 14:20",
        },
        "limits": [
            {"name": "order-worker", "users": 428_000},
            {"name": "checkout", "users": 629_000},
            {"name": "catalog-read", "users": 2_600_000},
        ],
        "points": [
            (users, 555 + 1232 * users / 180_000)
            for power in range(3, 7)
            for users in (10**power, 2 * 10**power, 5 * 10**power)
        ]
        + [(10_000_000, 69_000)],
        "costs": [{"name": name, "usd": usd} for name, usd in COSTS],
        "headroom": [
            {
                "name": name,
                "detail": f"of {limit}",
                "use": use,
                "holds": 180_000 / use,
                "first": id_ == "db",
                "href": f"#{id_}",
            }
            for id_, name, _, _, use, limit in sorted(COMPONENTS, key=lambda one: -one[4])
        ],
        "crumbs": [
            {"label": "Storefront", "href": "/"},
            {"label": "Checkout", "href": "/", "note": "v14"},
        ],
        "tabs": [
            {"label": "Design", "href": "#d"},
            {"label": "Traffic", "href": "#t"},
            {"label": "Forecast", "href": "#f", "current": True},
            {"label": "Decisions", "href": "#s"},
            {"label": "Review", "href": "#r", "count": 7, "count_label": "open findings"},
            {"label": "Compare", "href": "#c"},
            {"label": "Live", "href": "#l"},
        ],
        "form": form,
    }


@login_not_required
def styleguide(request: HttpRequest) -> HttpResponse:
    form = SettingsForm({"instance_class": "l", "storage": "-4", "mode": "auto"})
    page = engines["django"].from_string(PAGE.read_text())
    return HttpResponse(page.render(context(form), request))


urlpatterns = [
    path("styleguide/", styleguide),
    path("", include("project.urls")),
]
