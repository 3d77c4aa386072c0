"""Files as they may be kept: what is secret in them is written over, and stays where it was."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from apps.engine.formats.masking import masked_documents
from apps.engine.formats.terraform.masking import masked_record
from apps.engine.formats.terraform.masking_hcl import masked_configuration
from apps.engine.formats.terraform.records import is_record

_STARRED = re.compile(rb"""(?<![^\s"'x:=/@\\])\*{4,}(?![^\s"',;@}\\])""")


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
    records = {name for name, data in files.items() if _may_be_record(name, data)}
    written = {name for name in files if name.endswith((".tf", ".tfvars"))} - records
    documents = {n: data for n, data in files.items() if n not in records | written}
    found = masked_configuration({name: files[name] for name in written})
    found |= masked_documents(documents)
    found |= {name: masked_record(files[name]) for name in records}
    return {name: found[name] for name in files}


def starred_places(kept: Mapping[str, bytes]) -> tuple[str, ...]:
    """Return where something stands written over in files that were kept.

    Parameters
    ----------
    kept : mapping of str to bytes
        Bytes by file name.

    Returns
    -------
    tuple of str
        Files with the numbers of their lines, such as `template.yaml:12, 30`.
    """
    return _places((n, [bool(_STARRED.search(x)) for x in d.split(b"\n")]) for n, d in kept.items())


def changed_places(given: Mapping[str, bytes], kept: Mapping[str, bytes]) -> tuple[str, ...]:
    """Return where secrets were written over.

    Parameters
    ----------
    given : mapping of str to bytes
        Bytes by file name, no zip among them.
    kept : mapping of str to bytes
        What is kept of them.

    Returns
    -------
    tuple of str
        Files with the numbers of their lines, such as `template.yaml:12, 30`.
    """
    return _places(
        (n, [a != b for a, b in zip(d.split(b"\n"), kept[n].split(b"\n"), strict=True)])
        for n, d in given.items()
    )


def _places(files: Iterable[tuple[str, Sequence[bool]]]) -> tuple[str, ...]:
    lines = ((name, [i for i, is_one in enumerate(told, 1) if is_one]) for name, told in files)
    return tuple(f"{name}:{', '.join(map(str, found))}" for name, found in lines if found)


def _may_be_record(name: str, data: bytes) -> bool:
    return name.endswith((".tfstate", ".tfstate.backup")) or is_record(data)
