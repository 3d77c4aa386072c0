"""Zip files → names and bytes, without trusting what they say of themselves."""

from __future__ import annotations

import io
import posixpath
import stat
import zipfile
import zlib
from collections.abc import Mapping

from apps.engine.formats.errors import UnreadableInput

MAX_FILES = 500
MAX_FILE_BYTES = 5_000_000
MAX_TOTAL_BYTES = 20_000_000
# Text shrinks to a tenth; what shrinks to a two-hundredth was made to.
MAX_RATIO = 200
_MAGIC = b"PK\x03\x04"
_EMPTY_MAGIC = b"PK\x05\x06"
# What readers look at; code and pictures beside a template are left closed.
READ_SUFFIXES = (
    *(".yaml", ".yml", ".json", ".template", ".graphql", ".txt", ".toml"),
    *(".tf", ".tfvars", ".tfstate", ".tpl", ".tftpl", ".hcl"),
)
# What `terraform plan -out` writes is a zip with these.
_SAVED_PLAN = {"tfplan", "tfstate"}


def is_zip(data: bytes) -> bool:
    """Say whether a file is a zip, by its first bytes.

    Parameters
    ----------
    data : bytes
        The bytes of a file.

    Returns
    -------
    bool
        True for a zip.
    """
    return data.startswith((_MAGIC, _EMPTY_MAGIC))


def unpack(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return the files with every zip among them opened.

    Parameters
    ----------
    files : Mapping[str, bytes]
        Bytes by file name.

    Returns
    -------
    dict[str, bytes]
        Files by their paths, no zip left among them.

    Raises
    ------
    UnreadableInput
        If a zip is broken, reaches out of its folder, or unpacks to too much.
    """
    found: dict[str, bytes] = {}
    for name, data in files.items():
        found |= read_zip(name, data) if is_zip(data) else {name: data}
    return found


def read_zip(name: str, data: bytes) -> dict[str, bytes]:
    """Return the template files of a zip by their paths.

    Parameters
    ----------
    name : str
        The name of the file, for messages.
    data : bytes
        The bytes of a file.

    Returns
    -------
    dict[str, bytes]
        Bytes by path, of files that may be templates.

    Raises
    ------
    UnreadableInput
        If it cannot be read; the message says where.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = [info for info in archive.infolist() if not info.is_dir()]
            _check_members(name, members)
            _check_no_saved_plan(name, members)
            wanted = [info for info in members if _is_wanted(info)]
            found = {info.filename: _read_member(name, archive, info) for info in wanted}
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, RuntimeError) as error:
        raise UnreadableInput(
            "The zip is damaged, encrypted or packed in an unknown way; pack it again.", name
        ) from error
    if not found:
        raise UnreadableInput(
            "The zip holds no template; put a .yaml, .yml, .json or .template file into it.", name
        )
    return found


def _is_wanted(info: zipfile.ZipInfo) -> bool:
    """Return whether a member is a file that readers look at: a link is none."""
    is_link = stat.S_ISLNK(info.external_attr >> 16)
    return info.filename.lower().endswith(READ_SUFFIXES) and not is_link


def _check_members(name: str, members: list[zipfile.ZipInfo]) -> None:
    if len(members) > MAX_FILES:
        raise UnreadableInput(
            f"The zip holds {len(members):,} files; up to {MAX_FILES} are read. Leave out "
            "dependencies and build results.",
            name,
        )
    total = sum(info.file_size for info in members)
    packed = max(1, sum(info.compress_size for info in members))
    if total > MAX_TOTAL_BYTES or total / packed > MAX_RATIO:
        raise UnreadableInput(
            f"The zip unpacks to {total:,} bytes; up to {MAX_TOTAL_BYTES:,}, and {MAX_RATIO} times "
            "its size, are read. Give the templates alone.",
            name,
        )
    for info in members:
        _check_path(name, info.filename)


def _check_no_saved_plan(name: str, members: list[zipfile.ZipInfo]) -> None:
    if {info.filename for info in members} >= _SAVED_PLAN:
        raise UnreadableInput(
            "It is a saved plan of Terraform; give what `terraform show -json` prints of it.", name
        )


def _check_path(name: str, path: str) -> None:
    is_absolute = path.startswith(("/", "\\")) or path[1:2] == ":"
    clean = posixpath.normpath(path.replace("\\", "/"))
    if is_absolute or clean == ".." or clean.startswith("../") or "\x00" in path:
        raise UnreadableInput(
            f"The zip holds '{path[:80]}', which leads out of its folder; pack it again with "
            "relative paths.",
            name,
        )


def _read_member(name: str, archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
    # The size that a zip states may be a lie: read one byte further than is allowed.
    with archive.open(info) as member:
        data = member.read(MAX_FILE_BYTES + 1)
    if len(data) > MAX_FILE_BYTES:
        raise UnreadableInput(
            f"'{info.filename}' in the zip has more than {MAX_FILE_BYTES:,} bytes; "
            "leave it out or make it smaller.",
            name,
        )
    return data
