"""What a design is written in. Files come as a mapping of names to bytes, never from disk."""

from __future__ import annotations

from collections.abc import Mapping

from apps.engine.formats.cloudformation import read_templates
from apps.engine.formats.errors import UnreadableInput
from apps.engine.formats.frameworks import read_frameworks
from apps.engine.formats.terraform import is_terraform, read_terraform
from apps.engine.graph import Architecture

__all__ = ["UnreadableInput", "read"]


def read(files: Mapping[str, bytes]) -> Architecture:
    """Return the architecture that files describe.

    Parameters
    ----------
    files : mapping of str to bytes
        The templates, the .tf files, plan or state of Terraform, serverless.yml or
        zappa_settings, and what they name (definitions, nested templates, modules, files of
        variables), by path with forward slashes.

    Returns
    -------
    Architecture

    Raises
    ------
    UnreadableInput
        If the files hold no readable template; the message is one sentence that says what is
        wrong, in which file and line, and what would work.
    """
    if not files:
        raise UnreadableInput(
            "No file is given; give a CloudFormation or SAM template, a design of Terraform, or "
            "a serverless.yml."
        )
    try:
        if is_terraform(files):
            return read_terraform(files)
        return read_frameworks(files) or read_templates(files)
    except RecursionError as error:
        raise UnreadableInput(
            "Values depend on one another too deeply; flatten the template."
        ) from error
