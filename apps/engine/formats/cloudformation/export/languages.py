"""Which language templates are written in."""

from __future__ import annotations

from collections.abc import Mapping

from apps.engine.formats.cloudformation.documents import is_template
from apps.engine.formats.cloudformation.library import Library
from apps.engine.formats.errors import UnreadableInput

SAM, CLOUDFORMATION = "sam", "cloudformation"
_SUFFIXES = (".yaml", ".yml", ".json", ".template")
_TRANSFORM = "AWS::Serverless-"


def language_of(files: Mapping[str, bytes]) -> str:
    """Return what templates are written in.

    Parameters
    ----------
    files : Mapping[str, bytes]
        Bytes by file name.

    Returns
    -------
    str
        `sam` where one of them is transformed by SAM, else `cloudformation`; empty where none
        of the files is a template.

    Raises
    ------
    UnreadableInput
        If one that is named like a template is neither YAML nor JSON, and no other is one.
    """
    found, unreadable = "", None
    library = Library(files)
    for name in files:
        try:
            document = library.document(name)
        except UnreadableInput as error:
            if name.endswith(_SUFFIXES):
                unreadable = error
            continue
        if not is_template(document):
            continue
        transform = document.get("Transform")
        names = transform.elements() if transform is not None else ()
        if any(each.text().startswith(_TRANSFORM) for each in names):
            return SAM
        found = CLOUDFORMATION
    if unreadable is not None and not found:
        raise unreadable
    return found
