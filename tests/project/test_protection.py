from __future__ import annotations

import pytest
from django.test import Client


@pytest.mark.django_db
@pytest.mark.parametrize("url", ["/accounts/login/", "/healthz", "/nowhere/"])
def test_policy_allows_no_inline_code_or_style(client: Client, url: str) -> None:
    policy = client.get(url)["Content-Security-Policy"]

    rules = set(policy.split("; "))
    assert {"default-src 'none'", "script-src 'self'", "style-src 'self'"} <= rules
    assert {"base-uri 'none'", "form-action 'self'", "frame-ancestors 'none'"} <= rules
    assert "connect-src 'self'" in rules
    assert "unsafe" not in policy


@pytest.mark.django_db
def test_foreign_form_is_refused(settings: object) -> None:
    client = Client(enforce_csrf_checks=True)

    assert client.post("/accounts/login/", {"login": "a", "password": "b"}).status_code == 403
