"""Terraform: configurations, plans and states, by what they build on AWS."""

from __future__ import annotations

from collections.abc import Mapping

from apps.engine.formats.cloudformation.documents import is_template, read_document
from apps.engine.formats.cloudformation.library import DEFAULT_REGION
from apps.engine.formats.errors import UnreadableInput
from apps.engine.formats.terraform.configuration import read_configuration
from apps.engine.formats.terraform.records import is_record, read_record
from apps.engine.graph import Architecture

_SUFFIXES = (".tf", ".tfstate")
_TEMPLATES = (".yaml", ".yml", ".json", ".template")


def is_terraform(files: Mapping[str, bytes]) -> bool:
    """Say whether files are of Terraform, by their names and what they hold.

    Parameters
    ----------
    files : mapping of str to bytes
        Bytes by file name.

    Returns
    -------
    bool
        True where one of them is a .tf file, a plan or a state.
    """
    return any(name.endswith(_SUFFIXES) or is_record(data) for name, data in files.items())


def read_terraform(files: Mapping[str, bytes], region: str = DEFAULT_REGION) -> Architecture:
    """Return what a configuration, a plan or a state builds.

    Parameters
    ----------
    files : mapping of str to bytes
        Bytes by file name.
    region : str, optional
        The Region that they are read for.

    Returns
    -------
    Architecture
        Components, links, what is supporting, and warnings.

    Raises
    ------
    UnreadableInput
        If it cannot be read, or more than one of them is given; the message says where.
    """
    records = [name for name, data in files.items() if _is_record(name, data)]
    sources = [name for name in files if name.endswith(".tf")]
    _check_alone(files, records, sources)
    if records:
        return read_record(records[0], files[records[0]], region)
    return read_configuration(files, region)


def _is_record(name: str, data: bytes) -> bool:
    return name.endswith(".tfstate") or (not name.endswith(".tf") and is_record(data))


def _check_alone(files: Mapping[str, bytes], records: list[str], sources: list[str]) -> None:
    """Refuse files that describe a design twice, since one of them must be the right one."""
    if len(records) > 1:
        raise UnreadableInput(
            f"It is a plan or a state beside another one, {records[0]}; give one of them.",
            records[1],
        )
    if records and sources:
        raise UnreadableInput(
            f"It is a plan or a state beside {sources[0]}; give one of them, the plan knows more.",
            records[0],
        )
    own = records or sources
    texts = [files[name] for name in sources]
    for name, data in files.items():
        if name not in own and name.endswith(_TEMPLATES) and b"Resources" in data:
            is_named = any(name.rpartition("/")[2].encode() in text for text in texts)
            if not is_named and _is_template(name, data):
                raise UnreadableInput(
                    f"It is a CloudFormation template beside {own[0]}; give one of them.", name
                )


def _is_template(name: str, data: bytes) -> bool:
    try:
        return is_template(read_document(name, data, lambda _: None))
    except UnreadableInput:
        return False
