"""What AWS refuses, in words."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError, ReadTimeoutError

from apps.aws.errors import AwsRefused, in_words


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        ("AccessDeniedException", "Allow pricing:GetProducts to this identity."),
        ("ExpiredTokenException", "Sign in again"),
        ("ThrottlingException", "Wait a minute"),
        ("Odd", "Run it again"),
    ],
)
def test_it_says_what_to_do(code: str, sentence: str) -> None:
    error = ClientError({"Error": {"Code": code, "Message": "of arn:secret"}}, "GetProducts")

    with pytest.raises(AwsRefused, match=sentence) as caught, in_words("pricing:GetProducts"):
        raise error

    assert code in str(caught.value)
    assert "secret" not in str(caught.value)


def test_a_timeout_is_told() -> None:
    with pytest.raises(AwsRefused, match="ReadTimeoutError"), in_words("pricing:GetProducts"):
        raise ReadTimeoutError(endpoint_url="https://aws")


def test_other_errors_pass() -> None:
    with pytest.raises(KeyError), in_words("pricing:GetProducts"):
        raise KeyError
