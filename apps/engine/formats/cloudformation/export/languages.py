"""Which language templates are written in."""

from __future__ import annotations

from collections.abc import Mapping

from apps.engine.formats.cloudformation.documents import is_template
from apps.engine.formats.cloudformation.library import Library
from apps.engine.formats.cloudformation.nodes import Node
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
    documents, unreadable = [], []
    library = Library(files)
    for name in files:
        try:
            documents.append(library.document(name))
        except UnreadableInput as error:
            unreadable += [error] if name.endswith(_SUFFIXES) else []
    templates = [document for document in documents if is_template(document)]
    if not templates and unreadable:
        raise UnreadableInput(unreadable[0].message, unreadable[0].file, unreadable[0].line)
    if any(map(_is_sam, templates)):
        return SAM
    return CLOUDFORMATION if templates else ""


def _is_sam(template: Node) -> bool:
    transform = template.get("Transform")
    names = transform.elements() if transform is not None else ()
    return any(name.text().startswith(_TRANSFORM) for name in names)
