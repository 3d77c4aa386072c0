"""How large an input may be, checked before anything is built from it."""

from __future__ import annotations

from dataclasses import dataclass

from apps.engine.formats.errors import UnreadableInput

MAX_BYTES = 5_000_000
MAX_DEPTH = 100
# Values after aliases are expanded. AWS takes templates up to 1 MB; the largest have some 30,000.
MAX_VALUES = 200_000
# Of all files together, in memory at once.
MAX_TOTAL_VALUES = 300_000


def decode(name: str, data: bytes) -> str:
    """Return the text of a file.

    Parameters
    ----------
    name : str
        The name of the file, for messages.
    data : bytes
        The bytes of a file.

    Returns
    -------
    str
        The text, its byte order mark left out.

    Raises
    ------
    UnreadableInput
        For what is no text.
    """
    if len(data) > MAX_BYTES:
        raise UnreadableInput(
            f"The file has {len(data):,} bytes; up to {MAX_BYTES:,} are read.", name
        )
    if not data.strip():
        raise UnreadableInput("The file is empty; give a CloudFormation or SAM template.", name)
    if _is_wide(data):
        raise UnreadableInput(
            "The file has two bytes or more for each character (UTF-16), as Windows PowerShell "
            "writes it; save the file as UTF-8.",
            name,
        )
    if b"\x00" in data[:4096]:
        raise UnreadableInput(
            "The file is binary; give a template as YAML or JSON text, or a zip of such.", name
        )
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise UnreadableInput(
            f"The byte 0x{data[error.start]:02x} is not UTF-8; save the file as UTF-8.", name, line
        ) from error


def with_mark(data: bytes) -> tuple[bytes, str]:
    """Return a file that has been read before as its byte order mark and its text.

    Parameters
    ----------
    data : bytes
        UTF-8.

    Returns
    -------
    tuple of bytes and str
        The mark, empty where there is none, and the rest.
    """
    text = data.decode("utf-8-sig")
    return data[: len(data) - len(text.encode())], text


def _is_wide(data: bytes) -> bool:
    """Say whether a text has two bytes or four for each character, with a mark or without one."""
    begin = data[:64]
    halves = (begin[0::2], begin[1::2])
    is_half_empty = any(len(half) > 1 and not half.strip(b"\x00") for half in halves)
    return data.startswith((b"\xff\xfe", b"\xfe\xff")) or (is_half_empty and any(begin))


class NoText(UnreadableInput):
    """A value holds half a character, which can be neither stored nor shown."""


@dataclass(slots=True)
class Total:
    """How many values all files hold that are read together. [count]"""

    values: int = 0


class Budget:
    """Counts the values of one document and refuses too many or too deep ones."""

    def __init__(self, name: str, total: Total | None = None) -> None:
        self._name = name
        self._total = Total() if total is None else total
        self._values = 0

    def spend(self, values: int, line: int) -> None:
        """Count values of the document.

        Parameters
        ----------
        values : int
            How many more. [count]
        line : int
            Line where they stand, from 1.

        Raises
        ------
        UnreadableInput
            If there are more than `MAX_VALUES`, or `MAX_TOTAL_VALUES` in all files.
        """
        self._values += values
        self._total.values += values
        if self._total.values > MAX_TOTAL_VALUES:
            raise UnreadableInput(
                f"The files hold more than {MAX_TOTAL_VALUES:,} values together; "
                "give the templates of one system alone.",
                self._name,
                line,
            )
        if self._values > MAX_VALUES:
            raise UnreadableInput(
                f"The file holds more than {MAX_VALUES:,} values once its aliases are "
                "expanded; split the template or write the repeated parts out.",
                self._name,
                line,
            )

    def check_depth(self, depth: int, line: int) -> None:
        """Refuse what is nested too deep.

        Parameters
        ----------
        depth : int
            Levels above a value. [count]
        line : int
            Line where it stands, from 1.

        Raises
        ------
        UnreadableInput
            If there are more than `MAX_DEPTH`.
        """
        if depth > MAX_DEPTH:
            raise UnreadableInput(
                f"Values are nested deeper than {MAX_DEPTH} levels; flatten the template.",
                self._name,
                line,
            )
