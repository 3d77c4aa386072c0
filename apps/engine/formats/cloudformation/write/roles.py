"""Roles, and who may take them."""

from __future__ import annotations

from apps.engine.formats.cloudformation.write.values import Properties

POLICY_VERSION = "2012-10-17"


def trusted(principal: str) -> Properties:
    """Return the properties of a role that a service takes.

    Parameters
    ----------
    principal : str
        Its address, such as lambda.amazonaws.com.

    Returns
    -------
    dict
        What says who may take it.
    """
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": principal},
        "Action": "sts:AssumeRole",
    }
    document = {"Version": POLICY_VERSION, "Statement": [statement]}
    return {"AssumeRolePolicyDocument": document}
