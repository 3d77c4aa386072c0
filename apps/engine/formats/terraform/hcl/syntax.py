"""What HCL is made of. Offsets count characters from 0, so that a value can be edited in place."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Expr:
    """An expression. `start` and `end` are the offsets between which it is written."""

    start: int
    end: int
    line: int


@dataclass(frozen=True, slots=True)
class Literal(Expr):
    """A number, true, false or null; a number with a fraction stays text."""

    value: str | int | bool | None


@dataclass(frozen=True, slots=True)
class Template(Expr):
    """A text in quotes or a heredoc: literal pieces, and what is put in between."""

    parts: tuple[str | Expr, ...]


@dataclass(frozen=True, slots=True)
class Tuple(Expr):
    items: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class Object(Expr):
    items: tuple[tuple[Expr, Expr], ...]


@dataclass(frozen=True, slots=True)
class Name(Expr):
    name: str


@dataclass(frozen=True, slots=True)
class GetAttr(Expr):
    base: Expr
    name: str


@dataclass(frozen=True, slots=True)
class Index(Expr):
    base: Expr
    key: Expr


@dataclass(frozen=True, slots=True)
class Splat(Expr):
    """`base[*]` or `base.*`: every item of a list."""

    base: Expr


@dataclass(frozen=True, slots=True)
class Call(Expr):
    name: str
    arguments: tuple[Expr, ...]
    # The last argument is a list of arguments: `f(list...)`.
    spreads: bool = False


@dataclass(frozen=True, slots=True)
class Operation(Expr):
    """An operator with one or two operands."""

    operator: str
    operands: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class Conditional(Expr):
    condition: Expr
    then: Expr
    otherwise: Expr


@dataclass(frozen=True, slots=True)
class For(Expr):
    """`[for k, v in source : value if condition]`, or with a key the mapping in braces."""

    names: tuple[str, ...]
    source: Expr
    key: Expr | None
    value: Expr
    condition: Expr | None
    groups: bool = False


@dataclass(frozen=True, slots=True)
class Attribute:
    """`name = value`."""

    name: str
    value: Expr
    start: int
    line: int


@dataclass(frozen=True, slots=True)
class Block:
    """`type "label" "label" { … }`. `end` is the offset of the closing brace."""

    type: str
    labels: tuple[str, ...]
    body: Body
    line: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Body:
    attributes: dict[str, Attribute] = field(default_factory=dict)
    blocks: tuple[Block, ...] = ()

    def of_type(self, type_: str) -> list[Block]:
        """Return the blocks of a type.

        Parameters
        ----------
        type_ : str
            Such as resource.

        Returns
        -------
        list of Block
            In the order of the file.
        """
        return [block for block in self.blocks if block.type == type_]
