"""Values as HCL writes them."""

from __future__ import annotations

import json
from typing import Any


def literal(value: Any) -> str:
    """Return a plain value as HCL.

    Parameters
    ----------
    value : any
        A text, a number, true or false, or a list of such.

    Returns
    -------
    str
        Texts in quotes, with what would be taken for an expression escaped.

    Examples
    --------
    >>> literal("a${b}"), literal(True), literal(3.0), literal(["x"])
    ('"a$${b}"', 'true', '3', '["x"]')
    """
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(literal, value))}]"
    text = json.dumps(str(value), ensure_ascii=False)
    return text.replace("${", "$${").replace("%{", "%%{")
