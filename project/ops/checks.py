"""What is wrong with a deployment's settings, told before it takes a request."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import WARNING, CheckMessage, Error, Tags, register


@register(Tags.security)
def check_admin_addresses(
    app_configs: Sequence[AppConfig] | None, **kwargs: Any
) -> list[CheckMessage]:
    return [
        Error(f"ADMIN_ADDRESSES holds {text}, which is no network.", id="headroom.E001")
        for text in settings.ADMIN_ADDRESSES
        if not _is_network(text)
    ]


@register(Tags.security)
def check_client_address(
    app_configs: Sequence[AppConfig] | None, **kwargs: Any
) -> list[CheckMessage]:
    header = settings.ALLAUTH_TRUSTED_CLIENT_IP_HEADER or ""
    if header.lower() not in ("x-forwarded-for", "forwarded"):
        return []
    text = f"CLIENT_ADDRESS_HEADER is {header}, in which clients write what they like."
    return [Error(text, id="headroom.E002")]


@register(Tags.security)
def check_backup_key(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    # Imported here: what encrypts is not needed to serve.
    from project.ops.backup.sealing import BadBackup, parse_key

    if not (settings.BACKUP_KEY or settings.BACKUP_BUCKET):
        return []
    try:
        parse_key(settings.BACKUP_KEY)
    except BadBackup as error:
        hint = "`manage.py backup --new-key` makes one."
        return [Error(f"Backups cannot be made: {error}", hint=hint, id="headroom.E003")]
    return []


@register(Tags.security)
def check_lambda_keeps_nothing(
    app_configs: Sequence[AppConfig] | None, **kwargs: Any
) -> list[CheckMessage]:
    """A function has no disk of its own, and its package no static files."""
    if not settings.ON_LAMBDA:
        return []
    needed = {"headroom.E006": "MEDIA_BUCKET", "headroom.E007": "STATIC_ORIGIN"}
    return [
        Error(f"{name} must be set on Lambda.", hint="docs/operations.md says to what.", id=id_)
        for id_, name in needed.items()
        if not getattr(settings, name)
    ]


@register(Tags.security, deploy=True)
def check_files_outlive_the_machine(
    app_configs: Sequence[AppConfig] | None, **kwargs: Any
) -> list[CheckMessage]:
    names = {"headroom.W001": "MEDIA_BUCKET", "headroom.W002": "BACKUP_BUCKET"}
    return [
        CheckMessage(WARNING, f"{name} is not set: its files are on this machine only.", id=id_)
        for id_, name in names.items()
        if not (settings.IS_HOME or getattr(settings, name))
    ]


def _is_network(text: str) -> bool:
    try:
        ipaddress.ip_network(text)
    except ValueError:
        return False
    return True
