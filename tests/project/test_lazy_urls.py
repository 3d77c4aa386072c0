"""Views that come when they are asked for are the same views, under the same names."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import pytest
from allauth import urls as allauth_urls
from django.core.checks import run_checks
from django.test import override_settings
from django.urls import URLPattern, URLResolver, path, resolve
from django.urls.resolvers import get_resolver

from apps.accounts import sign_in_urls
from apps.lazy_urls import LazyPattern, load_views, pages_of
from project import health

page = pages_of("project.health")
urlpatterns: list[URLPattern | URLResolver] = [
    page("good/", "process_health", "good"),
    path("more/", ([page("bad/", "no", "bad")], None, None)),
]


def flat(
    patterns: Iterable[URLPattern | URLResolver], before: str = ""
) -> Iterator[tuple[str, URLPattern]]:
    for pattern in patterns:
        route = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from flat(pattern.url_patterns, route)
        else:
            yield route, pattern


def bare(view: Any) -> Any:
    """Return a view without the transaction that keeps what it writes whole."""
    return view.__wrapped__ if hasattr(view, "writes_whole") else view


def test_sign_in_has_the_addresses_of_allauth_in_its_order() -> None:
    load_views(sign_in_urls.urlpatterns)
    ours, theirs = (
        [(route, pattern.name, bare(pattern.callback)) for route, pattern in flat(patterns)]
        for patterns in (sign_in_urls.urlpatterns, allauth_urls.urlpatterns)
    )

    assert ours == theirs


def test_every_view_of_ours_is_named_by_text() -> None:
    """One import of a view at the head of a URLconf would load what all of them need."""
    ours = [
        (route, pattern)
        for route, pattern in flat(get_resolver().url_patterns)
        if not route.startswith("admin/")
    ]

    assert len(ours) > 60
    assert [route for route, pattern in ours if not isinstance(pattern, LazyPattern)] == []


def test_the_view_is_there_before_middleware_looks_at_it() -> None:
    match = resolve("/healthz")

    assert bare(match.func) is health.process_health
    assert match.view_name == "healthz"


def test_checks_refuse_the_name_of_no_view() -> None:
    with override_settings(ROOT_URLCONF=__name__), pytest.raises(ImportError, match='"no"'):
        run_checks(tags=["urls"])


def test_all_views_can_be_loaded_beforehand() -> None:
    with pytest.raises(ImportError, match='"no"'):
        load_views(urlpatterns)
