"""A stand-in for boto3, which Zappa imports at every cold start and the web path never uses."""

from __future__ import annotations

import importlib
import importlib.util
import sys
import types
from typing import Any


class LazyModule(types.ModuleType):
    """Stand in for a module until one of its attributes is asked for."""

    def load(self) -> types.ModuleType:
        if sys.modules.get(self.__name__) is self:
            del sys.modules[self.__name__]
        real = importlib.import_module(self.__name__)
        self.__dict__.update(real.__dict__)
        return real

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return getattr(self.load(), name)


def make_boto3_lazy() -> None:
    spec = importlib.util.find_spec("boto3") if "boto3" not in sys.modules else None
    if spec is None:
        return
    module = LazyModule("boto3")
    module.__spec__ = spec
    module.__path__ = list(spec.submodule_search_locations or ())

    # Zappa names `boto3.Session` in annotations, which Python evaluates on import. A plain
    # lazy module (importlib.util.LazyLoader too) would load boto3 at that moment.
    class Session:
        def __new__(cls, *args: Any, **kwargs: Any) -> Any:
            return module.load().Session(*args, **kwargs)

    vars(module)["Session"] = Session
    sys.modules["boto3"] = module
