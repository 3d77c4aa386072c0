"""Sessions at AWS: of the environment, of a profile, or of a role that is assumed."""

from __future__ import annotations

from typing import Any, Final

import boto3
from botocore.config import Config

from apps.aws.errors import in_words

HOME_REGION: Final = "us-east-1"
# Adaptive: botocore slows down by itself when AWS throttles.
_PATIENT: Final = Config(retries={"mode": "adaptive", "max_attempts": 10}, connect_timeout=10)
_ROLE_SESSION: Final = "headroom"


def open_session(*, profile: str = "", role_arn: str = "", external_id: str = "") -> Any:
    """Return a session of the default chain, of a profile, or of a role assumed from these.

    Raises
    ------
    AwsRefused
        There is no such profile, no credentials, or the role may not be assumed.
    """
    with in_words("sts:AssumeRole"):
        session = boto3.Session(profile_name=profile or None)
        return _assumed(session, role_arn, external_id) if role_arn else session


def client_of(session: Any, service: str, region: str) -> Any:
    """Return a client that waits and tries again when AWS is busy."""
    return session.client(service, region_name=region, config=_PATIENT)


def account_of(session: Any) -> str:
    """Return the number of the account that a session acts in; raises `AwsRefused`."""
    with in_words("sts:GetCallerIdentity"):
        return str(client_of(session, "sts", HOME_REGION).get_caller_identity()["Account"])


def _assumed(session: Any, role_arn: str, external_id: str) -> Any:
    asked = {"RoleArn": role_arn, "RoleSessionName": _ROLE_SESSION}
    if external_id:
        asked["ExternalId"] = external_id
    keys = client_of(session, "sts", HOME_REGION).assume_role(**asked)["Credentials"]
    return boto3.Session(
        aws_access_key_id=keys["AccessKeyId"],
        aws_secret_access_key=keys["SecretAccessKey"],
        aws_session_token=keys["SessionToken"],
    )
