"""The debug engine as an installed package, for processes that are started with this environment."""

import json
import os
from pathlib import Path

PACKAGE = Path(__file__).parent / "debug_engine"


def debug_engine(**arguments: str) -> dict[str, str]:
    """Variables that make the debug labeller the only one, and let rules classify: nothing is loaded."""
    return {
        "PYTHONPATH": os.pathsep.join(part for part in (str(PACKAGE), os.environ.get("PYTHONPATH")) if part),
        "RECTO_LABELLER": '["debug"]',
        "RECTO_CLASSIFIER": '["rules"]',
        "RECTO_ENGINES": json.dumps({"debug": arguments}),
    }
