"""The logical ids that the Serverless Framework gives to what it makes."""

from __future__ import annotations

import re

_OTHER = re.compile(r"[^0-9A-Za-z]")
ROLE = "IamRoleLambdaExecution"
REST_API, HTTP_API, SOCKETS = "ApiGatewayRestApi", "HttpApi", "WebsocketsApi"
USAGE_PLAN = "ApiGatewayUsagePlan"
DISTRIBUTION = "CloudFrontDistribution"


def function_id(key: str) -> str:
    """Return the logical id of a function.

    Parameters
    ----------
    key : str
        Its key under functions.

    Returns
    -------
    str
        As the framework makes it.

    Examples
    --------
    >>> function_id("send-mail")
    'SendDashmailLambdaFunction'
    """
    return normal(key) + "LambdaFunction"


def normal(key: str) -> str:
    """Return a key of a function as a part of a logical id.

    Parameters
    ----------
    key : str
        Letters, digits, dashes and underscores.

    Returns
    -------
    str
        Dashes and underscores are spelled out.
    """
    return plain(key.replace("-", "Dash").replace("_", "Underscore"))


def plain(name: str) -> str:
    """Return a name as a part of a logical id.

    Parameters
    ----------
    name : str
        Any text.

    Returns
    -------
    str
        Its letters and digits, the first one upper case.
    """
    letters = _OTHER.sub("", name)
    return letters[:1].upper() + letters[1:]
