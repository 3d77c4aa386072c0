"""Values that nobody may see: never stored, shown or kept in a setting."""

from __future__ import annotations

from typing import Any

from apps.engine.formats.secret_names import is_secret_name


def without_secrets(value: Any, secret: Any) -> Any:
    """Return a value of a plan or a state without what is sensitive in it.

    Parameters
    ----------
    value : any
        A value of JSON.
    secret : any
        True where it is sensitive, in the shape of the value.

    Returns
    -------
    any
        The same without those entries; None for a value that is sensitive as a whole.
    """
    if secret is True:
        return None
    if isinstance(value, dict):
        inside = secret if isinstance(secret, dict) else {}
        return {
            name: kept
            for name, item in value.items()
            if not (is_secret_name(name) and not isinstance(item, dict | list))
            and (kept := without_secrets(item, inside.get(name))) is not None
        }
    if isinstance(value, list):
        marks = secret if isinstance(secret, list) else []
        padded = [*marks, *[None] * (len(value) - len(marks))]
        return [without_secrets(item, mark) for item, mark in zip(value, padded, strict=False)]
    return value
