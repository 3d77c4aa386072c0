"""What AWS refuses, told in one sentence with what to do."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    CredentialRetrievalError,
    EndpointConnectionError,
    NoCredentialsError,
    PartialCredentialsError,
    ProfileNotFound,
)

_SIGN_IN: Final = "Sign in again, or name another profile with --profile."
_ADVICE: Final = {
    "AccessDenied": "Allow {action} to this identity; a role also asks for its external id.",
    "AccessDeniedException": "Allow {action} to this identity.",
    "UnrecognizedClientException": _SIGN_IN,
    "InvalidClientTokenId": _SIGN_IN,
    "ExpiredToken": _SIGN_IN,
    "ExpiredTokenException": _SIGN_IN,
    "SignatureDoesNotMatch": _SIGN_IN,
    "Throttling": "Wait a minute, then run it again; what is done is kept.",
    "ThrottlingException": "Wait a minute, then run it again; what is done is kept.",
    "TooManyRequestsException": "Wait a minute, then run it again; what is done is kept.",
    "NoSuchResourceException": "Check that the service is offered in this Region.",
}
_NO_IDENTITY: Final = (
    NoCredentialsError,
    PartialCredentialsError,
    CredentialRetrievalError,
    ProfileNotFound,
)


class AwsRefused(Exception):
    """AWS did not answer; the message is a sentence for the reader, without any secret."""


@contextmanager
def in_words(action: str) -> Iterator[None]:
    """Turn what boto3 raises while it does something into `AwsRefused`.

    AWS's own words are left out: they may name people, roles and resources.
    """
    try:
        yield
    except ProfileNotFound as error:
        advice = "`aws configure list-profiles` names those that there are."
        raise AwsRefused(f"There is no such profile; {advice}") from error
    except _NO_IDENTITY as error:
        raise AwsRefused(
            "No credentials of AWS were found: sign in, set AWS_PROFILE, or name a profile."
        ) from error
    except EndpointConnectionError as error:
        raise AwsRefused(f"AWS cannot be reached for {action}: check the network.") from error
    except ClientError as error:
        raise AwsRefused(_refusal(error, action)) from error
    except BotoCoreError as error:
        name = type(error).__name__
        raise AwsRefused(f"{action} failed ({name}); run it again.") from error


def _refusal(error: ClientError, action: str) -> str:
    code = str(error.response.get("Error", {}).get("Code", "unknown"))
    advice = _ADVICE.get(code, "Run it again; if it stays, look the code up at AWS.")
    return f"AWS refused {action} ({code}). {advice.format(action=action)}"
