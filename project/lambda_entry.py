"""Entry point of the Lambda function: Zappa's handler without the faults that it ships with.

Zappa puts its own `handler.py` at the root of the package; this module imports it from there.

1. Secrets are read, Django is loaded and the URLs are known before the first request comes. So
   are all views where there is time for them; elsewhere each comes with its first request.
2. boto3 is loaded when it is first used, and not at every cold start.
3. Each cookie is sent once. Zappa's middleware repeats it, two to four times.
4. A request comes from its real client; only CloudFront may name another (`lambda_events`).
5. An event that says nothing useful is refused in words; text is never run as code.
"""

from __future__ import annotations

import importlib
import os
import shlex
from typing import Any, Final

from project import lambda_events
from project.lambda_lazy import boto3_later
from project.lambda_secrets import set_secrets

Event = dict[str, Any]
# Each of these marks a kind of event that Zappa routes.
ROUTED: Final = ("command", "Records", "detail-type")
# Environments that are made while nobody waits for them.
# https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
BEFOREHAND: Final = ("snap-start", "provisioned-concurrency")


class EventRefused(Exception):
    """Nothing here is meant to answer this event."""


class CommandFailed(Exception):
    """A management command ended with a status other than 0."""


def lambda_handler(event: Any, context: object) -> Any:
    if not isinstance(event, dict):
        raise EventRefused(f"An event is a JSON object, not {type(event).__name__}.")
    if lambda_events.is_http(event):
        return _answer(event, context)
    if "manage" in event:
        return _manage(str(event["manage"]))
    if not event or any(key in event for key in ROUTED):
        return zappa.LambdaHandler.lambda_handler(event, context)
    names = ", ".join(sorted(map(str, event))[:5])
    raise EventRefused(f"No kind of event that Headroom knows has the fields {names}.")


def _answer(event: Event, context: object) -> Event:
    refusal = lambda_events.refusal(event, origin)
    if refusal is not None:
        return refusal
    repaired = lambda_events.repaired(event, origin)
    response: Event = zappa.LambdaHandler.lambda_handler(repaired, context)
    return lambda_events.as_asked(event, response)


def _manage(line: str) -> Event:
    """Run a management command as a shell would split it; what it says is in the log."""
    from django.core.management import call_command  # Not before Django is set up.

    try:
        call_command(*shlex.split(line))
    except SystemExit as end:
        # Left alone it would end the whole environment.
        if end.code:
            raise CommandFailed(f"{line}: status {end.code}") from None
    return {}


def _zappa() -> Any:
    """Load Zappa's handler and the application behind it, in the init phase."""
    with boto3_later():
        module: Any = importlib.import_module("handler")
    if module.global_handler is None:
        module.global_handler = module.LambdaHandler()
    loaded = module.global_handler
    # All that this middleware still does is to repeat cookies.
    loaded.wsgi_app = loaded.wsgi_app.application
    from django.urls import get_resolver

    from apps.lazy_urls import load_views

    patterns = get_resolver().url_patterns
    if os.environ.get("AWS_LAMBDA_INITIALIZATION_TYPE") in BEFOREHAND:
        load_views(patterns)
    return module


set_secrets(os.environ)
origin: Final = lambda_events.Origin.from_environment(os.environ)
zappa: Final = _zappa()
