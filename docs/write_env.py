"""Writes `deploy/docker/.env.example`: every variable that the settings read, with its meaning and its default.

Run it after a setting was added: `python docs/write_env.py`.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import BaseModel, SecretStr
from pydantic.fields import FieldInfo

from recto.settings import Settings

HEAD = """# Every variable that Recto reads, as it is when nothing is set. Written by docs/write_env.py.
# Copy this file to .env, take the sign away before what you set, and keep .env to yourself.

# What the compose file itself asks for.
POSTGRES_PASSWORD=
GATEWAY_API_KEY=
# RECTO_PUBLISHED_PORT=8000

# The settings file, and what opens encrypted PDFs for `recto read`.
# RECTO_CONFIG=recto.toml
# RECTO_PASSWORD=

# Read by the libraries behind s3:// and sqs:// (the profile `aws` of the compose file: the moto server).
# AWS_ACCESS_KEY_ID=
# AWS_SECRET_ACCESS_KEY=
# AWS_REGION=
# AWS_ENDPOINT_URL=
"""
IN_HEAD = {"GATEWAY_API_KEY"}


def variables(model: type[BaseModel] = Settings, prefix: str = "RECTO_") -> Iterator[tuple[str, FieldInfo, Any]]:
    """(name, field, default) of each variable; of a table each of its own."""
    for name, field in model.model_fields.items():
        variable = str(field.validation_alias or f"{prefix}{name.upper()}")
        default = field.get_default(call_default_factory=True)
        if isinstance(default, BaseModel):
            yield from variables(type(default), f"{variable}__")
        else:
            yield variable, field, default


def shown(name: str, default: Any) -> str:
    """The default as the environment spells it."""
    if name == "RECTO_HOME":
        return "~/.recto"
    if default is None or isinstance(default, SecretStr):
        return ""
    if isinstance(default, bool | list | dict):
        return json.dumps(default)
    return str(default)


def text() -> str:
    entries = (
        (f"# {field.description}\n" if field.description else "") + f"# {name}={shown(name, default)}"
        for name, field, default in variables()
        if name not in IN_HEAD
    )
    return HEAD + "\n" + "\n".join(entries) + "\n"


if __name__ == "__main__":
    (Path(__file__).parents[1] / "deploy" / "docker" / ".env.example").write_text(text())
