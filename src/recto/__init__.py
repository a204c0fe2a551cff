"""Recto turns pages into records you can trust."""

import importlib
from typing import Any

__version__ = "0.1.0"


def __getattr__(name: str) -> Any:
    """`recto.Client`, looked up when it is first asked for, so that `import recto` stays light."""
    if name == "Client":
        return importlib.import_module("recto.doors.client").Client
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
