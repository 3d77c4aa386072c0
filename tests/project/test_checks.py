from __future__ import annotations

import pytest
from django.core import checks
from pytest_django.fixtures import Settings

from project.ops.backup.sealing import new_key


def found(settings: Settings) -> set[str | None]:
    return {message.id for message in checks.run_checks(tags=[checks.Tags.security])}


def found_in_deployment(settings: Settings) -> set[str | None]:
    """Return what else is told of a deployment, of our own checks."""
    told = checks.run_checks(tags=[checks.Tags.security], include_deployment_checks=True)
    return {message.id for message in told if str(message.id).startswith("headroom.")}


def test_settings_at_home_are_right(settings: Settings) -> None:
    assert found(settings) == set()


@pytest.mark.parametrize("text", ["office", "192.0.2.1/24", "300.1.1.1"])
def test_what_is_no_network_is_told(settings: Settings, text: str) -> None:
    settings.ADMIN_ADDRESSES = ["192.0.2.0/24", text]

    assert found(settings) == {"headroom.E001"}


def test_header_that_clients_write_is_not_trusted(settings: Settings) -> None:
    settings.ALLAUTH_TRUSTED_CLIENT_IP_HEADER = "X-Forwarded-For"

    assert found(settings) == {"headroom.E002"}


def test_bucket_for_backups_needs_a_key(settings: Settings) -> None:
    settings.BACKUP_BUCKET, settings.BACKUP_KEY = "headroom-backups", ""
    assert found(settings) == {"headroom.E003"}

    settings.BACKUP_KEY = new_key()
    assert found(settings) == set()


def test_lambda_needs_a_bucket_and_an_origin_of_static_files(settings: Settings) -> None:
    settings.ON_LAMBDA, settings.IS_HOME = True, False
    settings.MEDIA_BUCKET = settings.STATIC_ORIGIN = ""
    assert found(settings) == {"headroom.E006", "headroom.E007"}

    settings.MEDIA_BUCKET, settings.STATIC_ORIGIN = "headroom-media", "https://headroom.example.com"
    assert found(settings) == set()


def test_files_on_one_machine_are_told_of_a_deployment(settings: Settings) -> None:
    assert found_in_deployment(settings) == set()

    settings.IS_HOME = False
    assert found(settings) == set()
    assert found_in_deployment(settings) == {"headroom.W001", "headroom.W002"}

    settings.MEDIA_BUCKET, settings.BACKUP_BUCKET = "headroom-media", "headroom-backups"
    settings.BACKUP_KEY = new_key()
    assert found_in_deployment(settings) == set()
