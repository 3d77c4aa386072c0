"""What settings, parameters and variables are called that hold a secret."""

from __future__ import annotations

import re

# Words of a name are parted by these, or by the step from a small letter to a capital.
_PARTED = re.compile(r"[-./\s]+|(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
# What attributes that hold secrets are called, whatever a provider says of them.
_NAMES = re.compile(
    r"(?:password|passwords|passwd|passphrase"
    r"|(?:^|_)(?:secret|secrets|secret_string|secret_binary|secret_key|secret_value"
    r"|private_key|private_key_pem|access_key|auth_token|token|credentials_json|client_secret"
    r"|api_key_value|shared_secret|pre_shared_key|kubeconfig|certificate_private_key"
    r"|connection_string|webhook_url|session_token|api_key|apikey|pwd|encryption_key"
    r"|signing_key|jwt_key|ssh_key|application_key|auth_key|header_authorization))$",
    re.I,
)
# These say how a secret is made or kept, and are none.
_HARMLESS = frozenset({"manage_master_user_password", "manage_user_password"})


def is_secret_name(name: str) -> bool:
    """Say whether an attribute or a variable of this name holds a secret.

    Parameters
    ----------
    name : str
        Name of an attribute, a parameter, or an environment variable.

    Returns
    -------
    bool
        True for password, SecretString, X-Api-Key and their like.

    Examples
    --------
    >>> [is_secret_name(name) for name in ("MasterUserPassword", "DB_PASSWORD", "x-api-key")]
    [True, True, True]
    >>> [is_secret_name(name) for name in ("secret_arn", "ManageMasterUserPassword", "KeyId")]
    [False, False, False]
    """
    said = _PARTED.sub("_", name)
    return _NAMES.search(said) is not None and said.lower() not in _HARMLESS
