"""Which weights are in a folder: a digest that is quick to take even of many gigabytes."""

import hashlib
from pathlib import Path
from typing import Final

_END: Final = 1 << 20
_FILES: Final = ("*.safetensors", "*.bin", "config.json", "tokenizer.json", "preprocessor_config.json")


def fingerprint(folder: Path) -> str | None:
    """`sha256:` of the names, sizes, first and last megabytes of the model's files; None where there is no folder."""
    if not folder.is_dir():
        return None
    digest = hashlib.sha256()
    for path in sorted({found for pattern in _FILES for found in folder.glob(pattern)}):
        size = path.stat().st_size
        digest.update(f"{path.name} {size}\n".encode())
        with path.open("rb") as file:
            digest.update(file.read(_END))
            file.seek(max(0, size - _END))
            digest.update(file.read(_END))
    return f"sha256:{digest.hexdigest()}"
