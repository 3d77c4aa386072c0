""".tf files → architecture. What only a plan tells is said in a warning."""

from __future__ import annotations

from collections.abc import Mapping

from apps.engine.formats.cloudformation.library import DEFAULT_REGION, Library
from apps.engine.formats.errors import UnreadableInput
from apps.engine.formats.terraform.module import Module
from apps.engine.formats.terraform.reading import architecture_of
from apps.engine.formats.terraform.upload import Upload
from apps.engine.graph import Architecture


def read_configuration(files: Mapping[str, bytes], region: str = DEFAULT_REGION) -> Architecture:
    """Return what .tf files build, with the local modules that they take in.

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
        If it cannot be read; the message says where.
    """
    library = Library(files, region)
    modules = modules_of(Upload(files, library))
    written = [one for module in modules for one in module.resources()]
    if not written:
        file = min(name for name in files if name.endswith(".tf"))
        raise UnreadableInput("The files have no resource; give those that have.", file)
    names = tuple(name for module in modules for name in module.names())
    return architecture_of(written, library, names)


def modules_of(upload: Upload) -> list[Module]:
    """Return the modules that stand at the top.

    Parameters
    ----------
    upload : Upload
        The files.

    Returns
    -------
    list of Module
        Addresses begin with the directory where there are several.
    """
    roots = upload.roots()
    return [
        Module(upload, root, prefix=f"{root.path}/" if len(roots) > 1 and root.path else "")
        for root in roots
    ]
