"""Where secrets stand in a document: by what its parameters, properties and variables say."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from apps.engine.formats.cloudformation.export.spots import (
    Alias,
    Entry,
    Row,
    Spot,
    Table,
    Word,
    walk,
)
from apps.engine.formats.cloudformation.export.trail import call_of
from apps.engine.formats.masking.texts import is_harmless, variables
from apps.engine.formats.secret_names import is_secret_name

# A name and a value side by side: environments of containers, tags, headers, options.
_PAIRS = (
    *(("Name", "Value"), ("name", "value"), ("Key", "Value"), ("ParameterKey", "ParameterValue")),
    *(("OptionName", "Value"), ("HeaderName", "HeaderValue")),
)
# By the type of a resource: properties that hold secrets, and are not called so.
_OF_TYPE = {"AWS::ApiGateway::ApiKey": ("Value",)}
# Of a list of these the values are secret, and not the names.
_KEYS = frozenset({"apiKeys"})
# A value of these types is the name of what is kept elsewhere.
_KEPT_ELSEWHERE = frozenset({"SECRETS_MANAGER", "PARAMETER_STORE"})
_TRUE = frozenset({"true", "yes", "on", "1"})
# ${Name}, ${self:a.b} and ${file(name):a.b}, up to what they fall back on.
_PATH = r"(?:[\w.-]|\$\{[^{}]*\})+"
_REFERENCE = re.compile(
    rf"\$\{{\s*(?:(?P<name>\w+)\}}|self:(?P<own>{_PATH})"
    rf"|file\(\s*(?P<file>[^)\s]+)\s*\)(?::(?P<path>{_PATH}))?)"
)
_VARIABLE = re.compile(r"\$\{[^{}]*\}")
# In a path: whatever stands there, as nobody knows it here.
_ANY = "*"
# What a thing is called, and not who signs in.
_CALLED = re.compile(r"(?<!User)(?<!user)(?:Name|name)$")


class Place(NamedTuple):
    """A value that a secret is taken from; `file` is empty for the same documents."""

    file: str
    path: tuple[str, ...]


@dataclass
class Secrets:
    """What is found in one document."""

    # By where they begin: what is secret as a whole, and what may hold a secret inside.
    whole: dict[int, Word] = field(default_factory=dict)
    others: dict[int, Word] = field(default_factory=dict)
    places: Counter[Place] = field(default_factory=Counter)


def secrets_of(root: Spot, places: Iterable[tuple[str, ...]] = ()) -> Secrets:
    """Return where secrets stand in a document.

    Parameters
    ----------
    root : Spot
        The whole document.
    places : iterable of tuple of str, optional
        Where other values are taken from that are secret.

    Returns
    -------
    Secrets
        Scalars, and where secrets are taken from.
    """
    search = _Search(root)
    search.visit(root)
    for path in places:
        for spot in _at(root, path):
            search.all_below(spot)
    uses = Counter(place for spot in walk(root) for place in _taken(spot, of_all=True))
    alone = {p: n for p, n in search.found.places.items() if p.file or uses[p] <= n}
    search.found.places = Counter(alone)
    return search.found


class _Search:
    def __init__(self, root: Spot) -> None:
        self.found = Secrets()
        anchored = (s for s in walk(root) if s.anchor and not isinstance(s, Alias))
        self._anchors = {spot.anchor: spot for spot in anchored}
        self._names = frozenset(_names(root))

    def visit(self, spot: Spot) -> None:
        """Look for what is called or marked as secret in a value and below it."""
        if isinstance(spot, Word):
            self.found.others[spot.start] = spot
        elif isinstance(spot, Row):
            for item in spot.items:
                self.visit(item)
        elif isinstance(spot, Table):
            for entry in _marked(spot):
                self.secret(entry.value)
            for entry in spot.entries:
                if is_secret_name(entry.key.value):
                    self.secret(entry.value)
                else:
                    self.visit(entry.value)

    def secret(self, spot: Spot) -> None:
        """Take a value that is called a secret: what of it is written out."""
        if isinstance(spot, Alias):
            anchored = self._anchors.get(spot.anchor)
            if isinstance(anchored, Word):
                self.secret(anchored)
        elif isinstance(spot, Word):
            self._word(spot)
        elif call_of(spot) is not None:
            self._call(spot)
        elif isinstance(spot, Row):
            for item in spot.items:
                self.secret(item)
        elif isinstance(spot, Table):
            default = spot.entry("Default")
            if default is not None:
                self.secret(default.value)
            self.visit(spot)

    def all_below(self, spot: Spot) -> None:
        """Take all that stands in a value that secrets are taken from."""
        for each in walk(spot):
            if isinstance(each, Word):
                self._word(each)

    def _word(self, word: Word) -> None:
        call = call_of(word)
        self.found.places.update(_taken(word))
        is_written = call is None or call.name in ("Fn::Sub", "Fn::Base64")
        if is_written and not (is_harmless(word.value) or word.value in self._names):
            self.found.whole[word.start] = word

    def _call(self, spot: Spot) -> None:
        """Take what a function makes a secret of."""
        call = call_of(spot)
        name = call.name if call else ""
        self.found.places.update(_taken(spot))
        argument = spot.entries[0].value if isinstance(spot, Table) and not spot.tag else spot
        items = argument.items if isinstance(argument, Row) else ()
        if name in ("Fn::Sub", "Fn::Base64") and isinstance(argument, Word):
            self._word(argument)
        elif name == "Fn::Sub" and items:
            for value in (items[0], *(each for item in items[1:] for each in _values(item))):
                self.secret(value)
        elif name == "Fn::If":
            for item in items[1:]:
                self.secret(item)
        elif name == "Fn::Join":
            self._joined(items)
        elif argument is not spot:
            self.visit(argument)

    def _joined(self, items: tuple[Spot, ...]) -> None:
        """Take the parts of a text; those of a dynamic reference are none."""
        parts = [each for item in items[1:] for each in walk(item)]
        texts = [part.value for part in parts if isinstance(part, Word)]
        if not any("{{resolve:" in text for text in texts):
            for item in items[1:]:
                self.secret(item)


def _taken(spot: Spot, *, of_all: bool = False) -> Iterator[Place]:
    """Yield where a value is taken from: as a whole, or also a part of it."""
    call = call_of(spot)
    if call is not None and call.name == "Ref":
        yield Place("", ("Parameters", call.argument, "Default"))
    elif isinstance(spot, Word):
        find = _REFERENCE.finditer if of_all else _only
        for match in find(spot.value):
            if match["name"]:
                yield Place("", ("Parameters", match["name"], "Default"))
            else:
                path = _VARIABLE.sub(_ANY, match["own"] or match["path"] or "")
                yield Place(match["file"] or "", tuple(path.split(".")) if path else ())


def _only(text: str) -> Iterator[re.Match[str]]:
    match = _REFERENCE.match(text)
    if match is not None and variables(text)[:1] == [(0, len(text))]:
        yield match


def _values(spot: Spot) -> Iterator[Spot]:
    for entry in spot.entries if isinstance(spot, Table) else ():
        yield entry.value


def _marked(table: Table) -> Iterator[Entry]:
    """Yield what a mapping itself says is secret, by another entry."""
    said = {entry.key.value: entry for entry in table.entries}
    words = {key: e.value.value for key, e in said.items() if isinstance(e.value, Word)}
    for mark, value in (("NoEcho", "Default"), ("IsValueSecret", "Value")):
        if words.get(mark, "").lower() in _TRUE and value in said:
            yield said[value]
    if words.get("Type") not in _KEPT_ELSEWHERE:
        for name, value in _PAIRS:
            if value in said and is_secret_name(words.get(name, "")):
                yield said[value]
    properties = said["Properties"].value if "Properties" in said else None
    for name in _OF_TYPE.get(words.get("Type", ""), ()):
        entry = properties.entry(name) if isinstance(properties, Table) else None
        if entry is not None:
            yield entry
    for name in _KEYS & said.keys():
        yield from _values_below(said[name].value)


def _values_below(spot: Spot) -> Iterator[Entry]:
    for each in walk(spot):
        entry = each.entry("value") if isinstance(each, Table) else None
        if entry is not None:
            yield entry


def _at(root: Spot, path: tuple[str, ...]) -> list[Spot]:
    spots = [root]
    for name in path:
        spots = [below for spot in spots for below in _below(spot, name)]
    return spots


def _below(spot: Spot, name: str) -> Iterator[Spot]:
    if isinstance(spot, Table):
        yield from (e.value for e in spot.entries if name in (_ANY, e.key.value))
    elif isinstance(spot, Row):
        yield from (item for i, item in enumerate(spot.items) if name in (_ANY, str(i)))


def _names(root: Spot) -> Iterator[str]:
    """Yield what things are called: it is read, and no secret."""
    for spot in walk(root):
        if isinstance(spot, Table):
            for entry in spot.entries:
                if isinstance(entry.value, Word) and _CALLED.search(entry.key.value):
                    yield entry.value.value
