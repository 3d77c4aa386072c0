"""Files of Terraform with their secrets written over, so that they can be kept."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from apps.engine.formats.masking.texts import MARK, in_text, replaced
from apps.engine.formats.secret_names import is_secret_name

# Sensitive values by the names under which plans and states mark them.
_MARKS = (
    ("values", "sensitive_values"),
    ("after", "after_sensitive"),
    ("before", "before_sensitive"),
)
_TOKEN = re.compile(r'"((?:[^"\\]|\\.)*)"(\s*:)?')
# A shorter secret is written over where it stands alone, a longer one inside of texts as well.
_MIN_INSIDE = 6
_MAX_NESTED = 3
_NUMBER = re.compile(r"\d{4,}(?:\.\d+)?")


def masked_record(data: bytes) -> bytes:
    """Return a plan or a state with its secrets written over, each by a text of its length.

    Parameters
    ----------
    data : bytes
        JSON. What is none comes back as it is.

    Returns
    -------
    bytes
        The same, byte for byte where nothing is secret.
    """
    try:
        text = data.decode("utf-8-sig")
        document = json.loads(text, parse_float=str, parse_constant=str, parse_int=str)
        secrets = {secret for secret in _secrets_in(document) if secret not in _TOO_PLAIN}
    except (ValueError, RecursionError):
        return data
    found = _written_over(text, secrets) if secrets else text
    # Scripts, documents and addresses inside of texts hold some as well.
    found = replaced(found, in_text(found))
    return data if found == text else found.encode()


# These are no secrets, whatever is said of them, and stand in every file.
_TOO_PLAIN = frozenset({"", "true", "false", "null", "0", "1"})


def _written_over(text: str, secrets: set[str]) -> str:
    encoded = {form for secret in secrets for form in _forms(secret)}
    exact = {form for form in encoded if form}
    long = sorted((form for form in exact if len(form) >= _MIN_INSIDE), key=len, reverse=True)
    alone = sorted((rf"\"{form}\"" for form in exact), key=len, reverse=True)
    inside = re.compile("|".join(map(re.escape, (*long, *alone))) or r"(?!)")

    def token(match: re.Match[str]) -> str:
        inner = match[1]
        if match[2] is not None:
            return match[0]
        inner = MARK * len(inner) if inner in exact else inside.sub(_over, inner)
        return f'"{inner}"'

    found = _TOKEN.sub(token, text)
    numbers = {secret for secret in secrets if _NUMBER.fullmatch(secret)}
    if not numbers:
        return found
    pattern = "|".join(map(re.escape, sorted(numbers, key=len, reverse=True)))
    return re.sub(
        rf"(?<=[:\[,])(\s*)({pattern})(?=\s*[,\]}}])",
        lambda match: match[1] + re.sub(r"\d", "9", match[2]),
        found,
    )


def _over(match: re.Match[str]) -> str:
    found = match[0]
    if _NUMBER.fullmatch(found):
        return re.sub(r"\d", "9", found)
    quoted = found.startswith('\\"') and found.endswith('\\"')
    return f'\\"{MARK * (len(found) - 4)}\\"' if quoted else MARK * len(found)


def _forms(secret: str) -> Iterator[str]:
    """Yield the ways in which a text is written in JSON, and in JSON inside of JSON."""
    for ascii_only in (False, True):
        once = json.dumps(secret, ensure_ascii=ascii_only)[1:-1]
        yield once
        yield json.dumps(once, ensure_ascii=ascii_only)[1:-1]
        yield once.replace("/", "\\/")


def _secrets_in(node: Any, depth: int = 0) -> Iterator[str]:
    todo = [node]
    sensitive = _sensitive_variables(node)
    while todo:
        item = todo.pop()
        if isinstance(item, list):
            todo.extend(item)
        elif isinstance(item, dict):
            yield from _of_mapping(item, sensitive)
            todo.extend(item.values())
        elif isinstance(item, str) and item.lstrip()[:1] in ("{", "[") and depth < _MAX_NESTED:
            yield from _in_text(item, depth)


def _in_text(text: str, depth: int) -> Iterator[str]:
    try:
        inner = json.loads(text, parse_float=str, parse_constant=str, parse_int=str)
    except (ValueError, RecursionError):
        return
    yield from _secrets_in(inner, depth + 1)


def _of_mapping(item: Mapping[str, Any], sensitive: set[str]) -> Iterator[str]:
    for values, marks in _MARKS:
        if values in item and marks in item:
            yield from _marked(item[values], item[marks])
    if item.get("sensitive") is True and "value" in item:
        yield from _leaves(item["value"])
    yield from _of_state(item)
    name = item.get("name", item.get("Name"))
    if isinstance(name, str) and is_secret_name(name):
        yield from _leaves(item.get("value", item.get("Value")))
    for key, value in item.items():
        if is_secret_name(key) or key in sensitive:
            yield from _leaves(_given(value))


def _of_state(item: Mapping[str, Any]) -> Iterator[str]:
    paths, attributes = item.get("sensitive_attributes"), item.get("attributes")
    if not isinstance(paths, list) or not isinstance(attributes, dict):
        return
    for path in paths:
        found: Any = attributes
        for step in path if isinstance(path, list) else [path]:
            key = step.get("value") if isinstance(step, dict) else step
            if isinstance(found, dict) and isinstance(key, str) and key in found:
                found = found[key]
        if found is not attributes:
            yield from _leaves(found)


def _given(value: Any) -> Any:
    """Return what a value is: in a configuration it stands one level deeper."""
    if isinstance(value, dict) and ("constant_value" in value or "references" in value):
        return value.get("constant_value")
    return value.get("value", value) if isinstance(value, dict) else value


def _sensitive_variables(document: Any) -> set[str]:
    """Return the names of the variables that a plan's configuration calls sensitive."""
    found: set[str] = set()
    todo = [document.get("configuration")] if isinstance(document, dict) else []
    while todo:
        node = todo.pop()
        if not isinstance(node, dict):
            continue
        variables = node.get("variables")
        if isinstance(variables, dict):
            found |= {
                name
                for name, said in variables.items()
                if isinstance(said, dict) and said.get("sensitive") is True
            }
        todo.extend(value for value in node.values() if isinstance(value, dict))
    return found


def _marked(value: Any, mark: Any) -> Iterator[str]:
    if mark is True:
        yield from _leaves(value)
    elif isinstance(mark, dict) and isinstance(value, dict):
        for name, inner in mark.items():
            yield from _marked(value.get(name), inner)
    elif isinstance(mark, list) and isinstance(value, list):
        for item, inner in zip(value, mark, strict=False):
            yield from _marked(item, inner)


def _leaves(value: Any) -> Iterator[str]:
    todo = [value]
    while todo:
        item = todo.pop()
        if isinstance(item, str):
            yield item
        elif isinstance(item, list):
            todo.extend(item)
        elif isinstance(item, dict):
            todo.extend(item.values())
