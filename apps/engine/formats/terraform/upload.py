"""The .tf files of an upload, by the directories that are their modules."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from apps.engine.formats.cloudformation.bounds import decode
from apps.engine.formats.cloudformation.library import Library
from apps.engine.formats.cloudformation.nodes import Node, Scalar
from apps.engine.formats.errors import UnreadableInput
from apps.engine.formats.terraform.hcl.parser import parse
from apps.engine.formats.terraform.hcl.syntax import Attribute, Block, Body, Template

SUFFIX = ".tf"
_LOCAL = ("./", "../")


@dataclass(frozen=True, slots=True)
class Placed:
    """A block or an attribute, and the file that it stands in."""

    file: str
    block: Block


@dataclass(slots=True)
class Directory:
    """What the files of one directory declare, by what it is."""

    path: str
    blocks: dict[str, dict[tuple[str, ...], Placed]] = field(default_factory=dict)
    locals: dict[str, tuple[str, Attribute]] = field(default_factory=dict)
    values: dict[str, tuple[str, Attribute]] = field(default_factory=dict)

    def of(self, type_: str) -> dict[tuple[str, ...], Placed]:
        """Return the blocks of a type by their labels.

        Parameters
        ----------
        type_ : str
            Such as resource.

        Returns
        -------
        dict of tuple of str to Placed
            In the order of the files.
        """
        return self.blocks.get(type_, {})


class Upload:
    """Reads every .tf file once. Raises UnreadableInput with file and line."""

    def __init__(self, files: Mapping[str, bytes], library: Library) -> None:
        self.library = library
        self._files = {posixpath.normpath(name): (name, data) for name, data in files.items()}
        self.directories: dict[str, Directory] = {}
        for path, (name, data) in sorted(self._files.items()):
            if path.endswith(SUFFIX):
                self._add(posixpath.dirname(path), name, parse(name, data))
        for path in _values_among(self._files):
            self._add_values(*self._files[path])

    def _add_values(self, name: str, data: bytes) -> None:
        folder = posixpath.dirname(posixpath.normpath(name))
        directory = self.directories.setdefault(folder, Directory(folder))
        for attribute in parse(name, data).attributes.values():
            directory.values[attribute.name] = (name, attribute)

    def _add(self, folder: str, file: str, body: Body) -> None:
        directory = self.directories.setdefault(folder, Directory(folder))
        for block in body.blocks:
            if block.type == "locals":
                for attribute in block.body.attributes.values():
                    directory.locals[attribute.name] = (file, attribute)
                continue
            known = directory.blocks.setdefault(block.type, {})
            before = known.get(block.labels)
            if before is not None and block.type in ("resource", "data", "module", "variable"):
                label = ".".join(block.labels)
                raise UnreadableInput(
                    f"The {block.type} {label[:80]} is there twice, first in "
                    f"{before.file}:{before.block.line}; keep one of them.",
                    file,
                    block.line,
                )
            known[block.labels] = Placed(file, block)

    def roots(self) -> list[Directory]:
        """Return the modules that no other one takes in, those nearest to the top.

        Returns
        -------
        list of Directory
            At least one.
        """
        with_files = [directory for directory in self.directories.values() if directory.blocks]
        with_files = with_files or list(self.directories.values())
        taken = {
            self.path_of(directory, source)
            for directory in with_files
            for module in directory.of("module").values()
            if (source := source_of(module.block)).startswith(_LOCAL)
        }
        found = [directory for directory in with_files if directory.path not in taken]
        found = found or with_files
        depth = min(_depth(directory.path) for directory in found)
        return [directory for directory in found if _depth(directory.path) == depth]

    def path_of(self, directory: Directory, source: str) -> str:
        """Return the directory that a local source names.

        Parameters
        ----------
        directory : Directory
            In which it stands.
        source : str
            Such as ./modules/queue.

        Returns
        -------
        str
            Its path in the upload, which may hold no file.
        """
        path = posixpath.normpath(posixpath.join(directory.path, source))
        return "" if path == "." else path

    def file(self, path: str, directory: str, at: Node) -> Node | None:
        """Return the text of a file of the upload, None with a warning where it is not there.

        Parameters
        ----------
        path : str
            As an expression names it, path.module being the path of the module.
        directory : str
            Path of the module.
        at : Node
            Where it is named.

        Returns
        -------
        Node or None
            A scalar with the whole text.
        """
        beside = posixpath.join(directory, path)
        for candidate in (posixpath.normpath(path), posixpath.normpath(beside)):
            if candidate in self._files:
                name, data = self._files[candidate]
                return Scalar(name, 1, decode(name, data))
        self.library.warn(f"The file '{path[:80]}' is not given; what it says is unknown.", at.at)
        return None


def _values_among(paths: Iterable[str]) -> list[str]:
    """Return the files of values that count, later ones over earlier ones.

    Terraform reads some by their names. Of others people choose one: the only one is meant.
    """
    files = sorted(path for path in paths if path.endswith(".tfvars"))
    own = [path for path in files if posixpath.basename(path) == "terraform.tfvars"]
    automatic = [path for path in files if path.endswith(".auto.tfvars")]
    chosen = [path for path in files if path not in (*own, *automatic)]
    return [*own, *automatic, *(chosen if len(chosen) == 1 else ())]


def source_of(block: Block) -> str:
    """Return where a module comes from.

    Parameters
    ----------
    block : Block
        A module block.

    Returns
    -------
    str
        Its source; empty where it is no plain text.
    """
    attribute = block.body.attributes.get("source")
    value = attribute.value if attribute is not None else None
    parts = value.parts if isinstance(value, Template) else ()
    return "".join(part for part in parts if isinstance(part, str))


def is_local(source: str) -> bool:
    """Say whether a module's source is a directory beside it.

    Parameters
    ----------
    source : str
        As the module has it.

    Returns
    -------
    bool
        True for what begins with ./ or ../.
    """
    return source.startswith(_LOCAL) or source in (".", "..")


def _depth(path: str) -> int:
    return path.count("/") + 1 if path else 0
