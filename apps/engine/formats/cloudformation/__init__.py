"""CloudFormation and SAM templates, as YAML or JSON."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Mapping
from dataclasses import replace

from apps.engine.formats.cloudformation.cdk import asset_of
from apps.engine.formats.cloudformation.components import components, supporting
from apps.engine.formats.cloudformation.documents import is_template
from apps.engine.formats.cloudformation.exchange import Exchange
from apps.engine.formats.cloudformation.inventory import Inventory
from apps.engine.formats.cloudformation.library import DEFAULT_REGION, Library
from apps.engine.formats.cloudformation.links import MECHANISMS
from apps.engine.formats.cloudformation.merge import merge
from apps.engine.formats.cloudformation.nodes import Node
from apps.engine.formats.cloudformation.notes import with_notes
from apps.engine.formats.cloudformation.stack import NESTED, Stack
from apps.engine.formats.cloudformation.wiring import Wiring
from apps.engine.formats.errors import UnreadableInput
from apps.engine.graph import Architecture

_SUFFIXES = (".yaml", ".yml", ".json", ".template")


def read_templates(files: Mapping[str, bytes], region: str = DEFAULT_REGION) -> Architecture:
    """Return what templates build, with the files that they name.

    Parameters
    ----------
    files : Mapping[str, bytes]
        Bytes by file name.
    region : str, optional
        The Region that templates are read for.

    Returns
    -------
    Architecture
        Components, links, what is supporting, and warnings.

    Raises
    ------
    UnreadableInput
        If it cannot be read; the message says where.
    """
    return architecture_of(wire(files, region))


def wire(files: Mapping[str, bytes], region: str = DEFAULT_REGION) -> Wiring:
    """Return the resources of templates, and the names by which they know each other.

    Parameters
    ----------
    files : Mapping[str, bytes]
        Bytes by file name.
    region : str, optional
        The Region that templates are read for.

    Returns
    -------
    Wiring
        What `architecture_of` draws, and what an export writes to.

    Raises
    ------
    UnreadableInput
        If it cannot be read; the message says where.
    """
    library = Library(files, region)
    return wire_roots(library, root_templates(library, files))


def wire_roots(library: Library, roots: Mapping[str, Node]) -> Wiring:
    """Return the resources of templates that are read already.

    Parameters
    ----------
    library : Library
        The files that came along, and the warnings so far.
    roots : mapping of str to Node
        Templates by the path of their file.

    Returns
    -------
    Wiring
        What `architecture_of` draws, and what an export writes to.

    Raises
    ------
    UnreadableInput
        If it cannot be read; the message says where.
    """
    return Wiring(Inventory(_stacks(library, roots), library))


def architecture_of(wiring: Wiring, *, is_noted: bool = True) -> Architecture:
    """Return what resources build.

    Parameters
    ----------
    wiring : Wiring
        The resources of templates, and the names by which they know each other.
    is_noted : bool, optional
        With what the templates note of themselves; else ids are those of the resources.

    Returns
    -------
    Architecture
        Components, links, what is supporting, and warnings.

    Raises
    ------
    UnreadableInput
        If it cannot be read; the message says where.
    """
    drafts = (draft for find in MECHANISMS for draft in find(wiring))
    links = merge(drafts, wiring.library)
    read = Architecture(components=components(wiring), links=links, supporting=supporting(wiring))
    if is_noted:
        read = with_notes(read, documents_of(wiring), wiring.library)
    return replace(read, warnings=wiring.library.warnings)


def documents_of(wiring: Wiring) -> list[Node]:
    """Return the templates whose logical ids are the ids of components.

    Parameters
    ----------
    wiring : Wiring
        The resources of templates, and the names by which they know each other.

    Returns
    -------
    list of Node
        Their roots, nested ones left.
    """
    stacks = (resource.stack for resource in wiring.inventory.resources.values())
    return list({id(s.document): s.document for s in stacks if not s.prefix}.values())


def root_templates(library: Library, files: Mapping[str, bytes]) -> dict[str, Node]:
    """Return the templates that no other one nests, those nearest to the top.

    Parameters
    ----------
    library : Library
        The files that came along, and the warnings so far.
    files : mapping of str to bytes
        The files among which they are looked for.

    Returns
    -------
    dict of str to Node
        By path.

    Raises
    ------
    UnreadableInput
        If there is none, or one of them cannot be read.
    """
    if len(files) == 1:
        name = next(iter(files))
        return {name: library.document(name)}
    documents = _readable(library, files)
    templates = {name: node for name, node in documents.items() if is_template(node)}
    nested = {found for name, node in templates.items() for found in _nested(library, name, node)}
    roots = {name: node for name, node in templates.items() if name not in nested} or templates
    if not roots:
        raise UnreadableInput(
            f"None of the {len(files)} files is a CloudFormation or SAM template: none has "
            "'Resources' with types such as AWS::SQS::Queue."
        )
    depth = min(posixpath.normpath(name).count("/") for name in roots)
    return {n: node for n, node in roots.items() if posixpath.normpath(n).count("/") == depth}


def _readable(library: Library, files: Mapping[str, bytes]) -> dict[str, Node]:
    """Return the documents among the files.

    A file that another one names may hold what is no document by itself: who reads it says so.
    """
    documents, unreadable = {}, {}
    for name in files:
        if name.endswith(_SUFFIXES):
            try:
                documents[name] = library.document(name)
            except UnreadableInput as error:
                unreadable[name] = error
    for name, reason in unreadable.items():
        mark = posixpath.basename(name).encode()
        if not any(mark in files[other] for other in documents):
            raise reason
    return documents


def _nested(library: Library, name: str, template: Node) -> set[str]:
    resources = template.get("Resources")
    found = set()
    for _, body in resources.pairs() if resources is not None else ():
        type_ = body.get("Type")
        path = NESTED.get(type_.text()) if type_ is not None else None
        location = asset_of(body) or body.get(f"Properties.{path}") if path else None
        file = library.find(location.text(), name) if location is not None else None
        if file is not None:
            found.add(file)
    return found


def _stacks(library: Library, roots: Mapping[str, Node]) -> list[Stack]:
    exchange = Exchange()
    stacks = []
    for name, document in roots.items():
        # Two templates may use the same logical ids.
        prefix = f"{_label(name, roots)}/" if len(roots) > 1 else ""
        stacks.append(Stack(library, document, prefix=prefix, exchange=exchange))
    for stack in stacks:
        stack.offer()
    for stack in stacks:
        stack.offer_nested()
    return stacks


def _label(name: str, names: Iterable[str]) -> str:
    """Return what tells a template from the others: its name, else its folder, else both."""
    stem = posixpath.splitext(posixpath.basename(name))[0]
    alike = [other for other in names if posixpath.splitext(posixpath.basename(other))[0] == stem]
    folder = posixpath.basename(posixpath.dirname(name))
    if len(alike) == 1 or not folder:
        return stem
    folders = [posixpath.basename(posixpath.dirname(other)) for other in alike]
    return folder if folders.count(folder) == 1 else f"{folder}-{alike.index(name) + 1}"
