"""What the documentation promises: every setting, engine, error code and route stands in it, and it builds."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
import typer

from recto.app import PLUGS, Settings
from recto.document import errors
from recto.document.errors import RectoError
from recto.doors.cli.main import program

ROOT = Path(__file__).parents[1]
PAGES = "\n".join(path.read_text() for path in sorted((ROOT / "docs").rglob("*.md")))


def codes(error: type[RectoError] = RectoError) -> set[str]:
    return {error.code}.union(*(codes(child) for child in error.__subclasses__()))


@pytest.mark.parametrize(
    "name", [field.validation_alias or f"RECTO_{name.upper()}" for name, field in Settings.model_fields.items()]
)
def test_every_setting_stands_in_the_documentation(name):
    assert f"`{name}`" in PAGES


@pytest.mark.parametrize("name", sorted({name for plugs in PLUGS.values() for name in plugs}))
def test_every_engine_stands_in_the_documentation(name):
    assert f"`{name}`" in PAGES


@pytest.mark.parametrize("code", sorted(codes()))
def test_every_error_code_stands_in_the_documentation(code):
    assert f"`{code}`" in PAGES


@pytest.mark.parametrize(
    "error", [e for e in vars(errors).values() if isinstance(e, type) and issubclass(e, RectoError)]
)
def test_an_error_says_what_is_wrong_in_one_sentence(error):
    assert error.__doc__ and error("here").title.endswith(".")


def written_commands() -> set[str]:
    """Every `recto …` of the documentation, as it stands in code."""
    pages = "\n".join(path.read_text() for path in (ROOT / "README.md", ROOT / "CONTRIBUTING.md"))
    written = re.compile(r"(?:^|[`$ |])recto ((?:-v )?[a-z][\w-]*(?: [^\n`|#;)]*)?)", re.MULTILINE)
    return {line.strip() for line in written.findall(f"{pages}\n{PAGES}")}


@pytest.mark.parametrize("line", sorted(written_commands()))
def test_a_written_command_is_one_and_has_its_options(line):
    command, words = typer.main.get_command(program), line.removeprefix("-v ").split()
    while words and (verbs := getattr(command, "commands", None)):
        assert words[0] in verbs
        command = verbs[words.pop(0)]
    options = {"--help"}.union(*([*one.opts, *one.secondary_opts] for one in command.params))
    assert {word.partition("=")[0].rstrip(".,…") for word in words if word.startswith("--")} <= options


def test_the_documentation_builds_without_a_warning(tmp_path):
    built = subprocess.run(
        [sys.executable, "-m", "sphinx", "-W", "-q", "-b", "html", str(ROOT / "docs"), str(tmp_path)],
        capture_output=True,
        text=True,
    )
    assert built.returncode == 0, built.stderr
    assert (tmp_path / "index.html").exists()
