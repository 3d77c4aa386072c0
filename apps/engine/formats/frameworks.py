"""Designs in the files of deployment frameworks: each becomes the template it deploys."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from apps.engine.formats.cloudformation import architecture_of, root_templates, wire_roots
from apps.engine.formats.cloudformation.documents import is_template
from apps.engine.formats.cloudformation.library import Library
from apps.engine.formats.cloudformation.nodes import Node
from apps.engine.formats.cloudformation.wiring import Wiring
from apps.engine.formats.errors import UnreadableInput
from apps.engine.formats.serverless import is_service, may_be_service
from apps.engine.formats.serverless.service import Service
from apps.engine.formats.serverless.translate import translate as translate_service
from apps.engine.formats.zappa import is_zappa, may_be_zappa
from apps.engine.formats.zappa.documents import read_settings
from apps.engine.formats.zappa.stage import Stage
from apps.engine.formats.zappa.translate import translate as translate_zappa
from apps.engine.graph import Architecture

_CODE = ("serverless.ts", "serverless.js", "serverless.cjs", "serverless.mjs")


@dataclass(frozen=True, slots=True)
class Wired:
    """Files of frameworks as the resources that they come to, and what was read for them."""

    wiring: Wiring
    # By path of the file.
    services: Mapping[str, Service]
    stages: Mapping[str, Stage]


def read_frameworks(files: Mapping[str, bytes]) -> Architecture | None:
    """Return what a serverless.yml or zappa_settings describes, with templates beside it.

    Parameters
    ----------
    files : mapping of str to bytes
        Bytes by file name.

    Returns
    -------
    Architecture or None
        None where no file is one of a framework.

    Raises
    ------
    UnreadableInput
        If it cannot be read; the message says where.
    """
    wired = wire_frameworks(files)
    return architecture_of(wired.wiring) if wired is not None else None


def wire_frameworks(files: Mapping[str, bytes]) -> Wired | None:
    """Return the resources that the files of frameworks come to.

    Parameters
    ----------
    files : mapping of str to bytes
        Bytes by file name.

    Returns
    -------
    Wired or None
        None where no file is one of a framework.

    Raises
    ------
    UnreadableInput
        If it cannot be read; the message says where.
    """
    _refuse_code(files)
    library = Library(files)
    documents, settings = _documents(library, files), _settings(library, files)
    if not documents and not settings:
        return None
    roots: dict[str, Node] = {}
    used = {*documents, *settings}
    services: dict[str, Service] = {}
    stages: dict[str, Stage] = {}
    for name, document in documents.items():
        roots[name], services[name] = translate_service(library, document)
        library.region = services[name].region
        used |= services[name].variables.included
    for name, document in settings.items():
        roots[name], stages[name] = translate_zappa(library, document)
    rest = {name: data for name, data in files.items() if name not in used}
    wiring = wire_roots(library, roots | _templates(library, rest))
    return Wired(wiring, services, stages)


def _settings(library: Library, files: Mapping[str, bytes]) -> dict[str, Node]:
    """Return the settings of Zappa among the files."""
    found = {}
    for name, data in files.items():
        if may_be_zappa(name, data):
            document = read_settings(library, name)
            if is_zappa(name, document):
                found[name] = document
    return found


def _documents(library: Library, files: Mapping[str, bytes]) -> dict[str, Node]:
    """Return the services among the files, without those that another one reads as a part."""
    found = {}
    for name, data in files.items():
        if may_be_service(name, data):
            document = library.document(name)
            if is_service(document):
                found[name] = document
    return found


def _templates(library: Library, files: Mapping[str, bytes]) -> dict[str, Node]:
    """Return the templates that lie beside the framework's file, if any."""
    found: dict[str, bytes] = {}
    for name, data in files.items():
        if b"Resources" in data and name.endswith((".yaml", ".yml", ".json", ".template")):
            try:
                if is_template(library.document(name)):
                    found[name] = data
            except UnreadableInput as error:
                library.warn(f"{error} It is left out.")
    if not found:
        return {}
    return root_templates(library, found) if len(found) > 1 else {
        name: library.document(name) for name in found
    }  # fmt: skip


def _refuse_code(files: Mapping[str, bytes]) -> None:
    for name in files:
        if name.rpartition("/")[2] in _CODE and len(files) == 1:
            raise UnreadableInput(
                "This is code, which is not run here; give what `serverless print` writes.", name
            )
