"""Files as they may be kept: what is secret in them is written over, and stays where it was."""

from __future__ import annotations

from collections.abc import Mapping

from apps.engine.formats.terraform.masking import masked_record
from apps.engine.formats.terraform.masking_hcl import masked_configuration
from apps.engine.formats.terraform.records import is_record


def keepable(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return files without the values that nobody may see.

    Parameters
    ----------
    files : mapping of str to bytes
        Bytes by file name, no zip among them.

    Returns
    -------
    dict of str to bytes
        The same files, byte for byte where nothing is secret; every line and column stays.
    """
    found = masked_configuration(files)
    return {
        name: masked_record(data) if _may_be_record(name, data) else data
        for name, data in found.items()
    }


def _may_be_record(name: str, data: bytes) -> bool:
    return name.endswith((".tfstate", ".tfstate.backup")) or is_record(data)
