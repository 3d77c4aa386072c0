"""Addresses whose views are imported when one of them is first asked for.

A URLconf that names its views by import brings all of them, and the engine behind them, into a
process that has just started and was asked for one. Named by text they come one at a time;
`manage.py check` says when there is none of that name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from django.core.checks import CheckMessage
from django.http.response import HttpResponseBase
from django.urls import ResolverMatch, URLPattern, URLResolver
from django.urls.resolvers import RegexPattern, RoutePattern
from django.utils.module_loading import import_string

Decorator = Callable[[Callable[..., HttpResponseBase]], Callable[..., HttpResponseBase]]


class LazyPattern(URLPattern):
    """What `path` makes, but of the dotted name of a view."""

    def __init__(self, pattern: RoutePattern | RegexPattern, view: str, name: str) -> None:
        # Until the view has come, the way to it stands in its place.
        super().__init__(pattern, self.load, name=name)
        # Django asks the view for it otherwise.
        self.lookup_str = view
        self._decorators: list[Decorator] = []
        self._has_come = False

    def decorate(self, decorator: Decorator) -> None:
        """Let the view be decorated when it comes."""
        self._decorators.append(decorator)

    def load(self) -> None:
        if self._has_come:
            return
        self.callback = import_string(self.lookup_str)
        for decorator in self._decorators:
            self.callback = decorator(self.callback)
        self._has_come = True

    def resolve(self, path: str) -> ResolverMatch | None:
        # Middleware reads attributes of the view, so it must have come by then.
        if self.pattern.match(path):
            self.load()
        return super().resolve(path)

    def check(self) -> list[CheckMessage]:
        self.load()
        return super().check()


def pages_of(
    package: str, kind: type[RoutePattern | RegexPattern] = RoutePattern
) -> Callable[[str, str, str], LazyPattern]:
    """Return what stands for `path` where the views are in this package."""

    def page(route: str, view: str, name: str) -> LazyPattern:
        pattern = kind(route, name=name, is_endpoint=True)
        return LazyPattern(pattern, f"{package}.{view}", name)

    return page


def load_views(patterns: Iterable[URLPattern | URLResolver]) -> None:
    """Import every view now, in a process that has the time before its first request."""
    for pattern in patterns:
        if isinstance(pattern, LazyPattern):
            pattern.load()
        elif isinstance(pattern, URLResolver):
            load_views(pattern.url_patterns)
