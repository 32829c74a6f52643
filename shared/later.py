"""Modules that libraries import and nothing here uses: they are loaded at their first use, if it ever comes.

`importlib.util.LazyLoader` is meant for this, but in Python 3.10 the second `import` of a module counts as a use.
"""

from __future__ import annotations

import sys
from importlib.util import find_spec, module_from_spec
from threading import RLock
from types import ModuleType
from typing import Any

_lock = RLock()


def later(name: str) -> None:
    """Have a module loaded when something of it is first asked for; without effect on one that is loaded already."""
    spec = None if name in sys.modules else find_spec(name)
    if spec is not None:
        module = module_from_spec(spec)
        module.__class__ = _Later
        sys.modules[name] = module


class _Later(ModuleType):
    """A module that is still empty. What an import asks of it is there already, so importing it is no use of it."""

    _loading = False

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever the module has
        with _lock:
            if type(self) is _Later:
                self._load(name)
        return getattr(self, name)

    def _load(self, name: str) -> None:
        spec = self.__spec__
        if self._loading or spec is None or spec.loader is None:
            # Its own parts look for one another while it is loaded; what is not there yet, they import.
            raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}")
        self._loading = True
        try:
            spec.loader.exec_module(self)
            self.__class__ = ModuleType  # type: ignore[assignment]
        finally:
            del self._loading
