"""Read the application's secrets from Secrets Manager, before Django reads its settings.

One signed request by hand: boto3 would make every cold start wait for hundreds of modules.

Reference: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
"""

from __future__ import annotations

import hashlib
import hmac
import json
import urllib.error
import urllib.request
from collections.abc import Mapping, MutableMapping
from datetime import UTC, datetime
from typing import Final
from urllib.parse import urlsplit

SERVICE: Final = "secretsmanager"
TARGET: Final = "secretsmanager.GetSecretValue"
TIMEOUT_S: Final = 5


class SecretsMissing(Exception):
    """The secrets cannot be read, so the application cannot start."""


def set_secrets(environment: MutableMapping[str, str]) -> None:
    """Add the variables that the secret holds, a flat JSON object, if one is named.

    The user of the database may stand in a secret of its own, which is rotated by itself.
    """
    name = environment.get("SECRETS_ARN")
    if name:
        environment.update(read_secrets(name, environment, datetime.now(UTC)))
    set_database_user(environment)


def set_database_user(environment: MutableMapping[str, str]) -> None:
    """Add the user of the database and the password, for libpq where DATABASE_URL has none."""
    name = environment.get("DATABASE_SECRET_ARN")
    if name:
        user = read_secrets(name, environment, datetime.now(UTC))
        environment.update(PGUSER=user["username"], PGPASSWORD=user["password"])


def read_secrets(name: str, environment: Mapping[str, str], now: datetime) -> dict[str, str]:
    request = signed_request(name, environment, now)
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT_S) as response:  # noqa: S310  The address is ours.  # nosec B310
            answer = json.load(response)
        values = json.loads(answer["SecretString"])
    except (OSError, ValueError, KeyError) as error:
        # What a server answers may hold the secret, so only the kind of fault is told.
        raise SecretsMissing(f"The secret {name} cannot be read: {type(error).__name__}.") from None
    if not isinstance(values, dict):
        raise SecretsMissing(f"The secret {name} must be a JSON object of variables.")
    return {key: str(value) for key, value in values.items()}


def signed_request(
    name: str, environment: Mapping[str, str], now: datetime
) -> urllib.request.Request:
    region = environment["AWS_REGION"]
    address = (
        environment.get("AWS_ENDPOINT_URL_SECRETS_MANAGER")
        or environment.get("AWS_ENDPOINT_URL")
        or f"https://{SERVICE}.{region}.amazonaws.com"
    )
    body = json.dumps({"SecretId": name}).encode()
    headers = {
        "content-type": "application/x-amz-json-1.1",
        "host": urlsplit(address).netloc,
        "x-amz-date": now.strftime("%Y%m%dT%H%M%SZ"),
        "x-amz-target": TARGET,
    }
    if environment.get("AWS_SESSION_TOKEN"):
        headers["x-amz-security-token"] = environment["AWS_SESSION_TOKEN"]
    headers["authorization"] = _authorization(headers, body, region, environment)
    return urllib.request.Request(f"{address}/", body, headers, method="POST")  # noqa: S310


def _authorization(
    headers: Mapping[str, str], body: bytes, region: str, environment: Mapping[str, str]
) -> str:
    """Return Signature Version 4 of a POST to `/` without a query."""
    names = sorted(headers)
    signed = ";".join(names)
    lines = "".join(f"{name}:{headers[name]}\n" for name in names)
    canonical = f"POST\n/\n\n{lines}\n{signed}\n{hashlib.sha256(body).hexdigest()}"
    day = headers["x-amz-date"][:8]
    scope = f"{day}/{region}/{SERVICE}/aws4_request"
    digest = hashlib.sha256(canonical.encode()).hexdigest()
    text = f"AWS4-HMAC-SHA256\n{headers['x-amz-date']}\n{scope}\n{digest}"
    key = f"AWS4{environment['AWS_SECRET_ACCESS_KEY']}".encode()
    for part in (day, region, SERVICE, "aws4_request", text):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    credential = f"{environment['AWS_ACCESS_KEY_ID']}/{scope}"
    return (
        f"AWS4-HMAC-SHA256 Credential={credential}, SignedHeaders={signed}, Signature={key.hex()}"
    )
