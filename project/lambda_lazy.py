"""Keep boto3 out of a cold start: Zappa imports it, and the web path never uses it."""

from __future__ import annotations

import importlib
import sys
import types
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


class _Later(types.ModuleType):
    """Stand in for a module until one of its attributes is asked for."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return getattr(importlib.import_module(self.__name__), name)


@contextmanager
def boto3_later() -> Iterator[None]:
    """Give whoever imports boto3 meanwhile something that loads it when it is used.

    Afterwards an import gives the real one: its own modules import each other by name.
    """
    if "boto3" in sys.modules:
        yield
        return
    stand_in = _Later("boto3")

    # Zappa names `boto3.Session` in annotations, which Python evaluates on import. A plain lazy
    # module (importlib.util.LazyLoader too) would load boto3 at that moment.
    class Session:
        def __new__(cls, *args: Any, **kwargs: Any) -> Any:
            return importlib.import_module("boto3").Session(*args, **kwargs)

    vars(stand_in)["Session"] = Session
    sys.modules["boto3"] = stand_in
    try:
        yield
    finally:
        del sys.modules["boto3"]
