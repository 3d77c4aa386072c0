"""Values that nobody may see: never stored, shown or kept in a setting."""

from __future__ import annotations

import re
from typing import Any

# What attributes that hold secrets are called, whatever a provider says of them.
_NAMES = re.compile(
    r"(?:^|_)(?:password|passwd|passphrase|secret|secret_string|secret_binary|secret_key"
    r"|private_key|private_key_pem|access_key|auth_token|token|credentials_json|client_secret"
    r"|api_key_value|shared_secret|kubeconfig|certificate_private_key|connection_string"
    r"|webhook_url|master_password|session_token|api_key|apikey|pwd)$",
    re.I,
)
# These say how a secret is made or kept, and are none.
_HARMLESS = frozenset({"manage_master_user_password", "manage_user_password"})


def is_secret_name(name: str) -> bool:
    """Say whether an attribute or a variable of this name holds a secret.

    Parameters
    ----------
    name : str
        Name of an attribute, or of an environment variable.

    Returns
    -------
    bool
        True for password, secret_string, token and their like.

    Examples
    --------
    >>> is_secret_name("master_password"), is_secret_name("secret_arn")
    (True, False)
    """
    return name.lower() not in _HARMLESS and _NAMES.search(name) is not None


def without_secrets(value: Any, secret: Any) -> Any:
    """Return a value of a plan or a state without what is sensitive in it.

    Parameters
    ----------
    value : any
        A value of JSON.
    secret : any
        True where it is sensitive, in the shape of the value.

    Returns
    -------
    any
        The same without those entries; None for a value that is sensitive as a whole.
    """
    if secret is True:
        return None
    if isinstance(value, dict):
        inside = secret if isinstance(secret, dict) else {}
        return {
            name: kept
            for name, item in value.items()
            if not (is_secret_name(name) and not isinstance(item, dict | list))
            and (kept := without_secrets(item, inside.get(name))) is not None
        }
    if isinstance(value, list):
        marks = secret if isinstance(secret, list) else []
        padded = [*marks, *[None] * (len(value) - len(marks))]
        return [without_secrets(item, mark) for item, mark in zip(value, padded, strict=False)]
    return value
