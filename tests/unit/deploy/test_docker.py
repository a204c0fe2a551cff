"""The files of a deployment: linted, valid, complete, and as careful as they promise to be."""

import importlib.util
import os
import re
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[3]
DEPLOY = ROOT / "deploy"
IMAGES = sorted(DEPLOY.rglob("Dockerfile"))
COMPOSE = DEPLOY / "docker" / "docker-compose.yml"
OURS = ("api", "worker")


def tool(name: str) -> str:
    """A linter that a wheel brought into this environment."""
    found = shutil.which(name, path=os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")]))
    if found is None:
        pytest.skip(f"{name} is not installed")
    return found


def complaints(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    return "" if done.returncode == 0 else done.stdout + done.stderr


@pytest.fixture(scope="module")
def services():
    return yaml.safe_load(COMPOSE.read_text())["services"]


@pytest.fixture(scope="module")
def env():
    """The module that writes `.env.example`."""
    spec = importlib.util.spec_from_file_location("write_env", ROOT / "docs" / "write_env.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("image", IMAGES, ids=lambda path: str(path.parent.relative_to(DEPLOY)))
def test_a_dockerfile_passes_hadolint(image):
    assert complaints(tool("hadolint"), str(image)) == ""


@pytest.mark.parametrize("image", IMAGES, ids=lambda path: str(path.parent.relative_to(DEPLOY)))
def test_what_an_image_copies_is_there_and_is_sent_to_the_builder(image):
    sent = {line[1:] for line in Path(f"{image}.dockerignore").read_text().splitlines() if line.startswith("!")}
    lines = [line.split()[1:-1] for line in image.read_text().splitlines() if line.startswith("COPY ")]
    copied = [source for sources in lines if not sources[0].startswith("--from") for source in sources]
    assert copied and all((ROOT / source).exists() for source in copied)
    assert [source for source in copied if not any(source == one or source.startswith(f"{one}/") for one in sent)] == []


def test_the_compose_file_is_valid_by_the_compose_specification():
    assert complaints(tool("check-jsonschema"), "--builtin-schema", "vendor.compose-spec", str(COMPOSE)) == ""


def test_the_compose_file_is_accepted_by_docker_s_own_client():
    docker = tool("docker")
    if complaints(docker, "compose", "version"):
        pytest.skip("this docker client has no compose")
    settings = {**os.environ, "POSTGRES_PASSWORD": "p", "GATEWAY_API_KEY": "k"}
    done = subprocess.run(
        [docker, "compose", "-f", str(COMPOSE), "--profile", "aws", "config", "--quiet"],
        capture_output=True,
        text=True,
        env=settings,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("script", sorted(DEPLOY.rglob("*.sh")), ids=lambda path: path.name)
def test_a_script_passes_shellcheck_and_may_be_run(script):
    assert complaints(tool("shellcheck"), str(script)) == ""
    assert script.stat().st_mode & stat.S_IXUSR


def test_every_variable_of_the_settings_stands_in_the_example(env):
    """`python docs/write_env.py` writes it anew."""
    listed = (DEPLOY / "docker" / ".env.example").read_text()
    assert [name for name, _, _ in env.variables() if f"{name}=" not in listed] == []


def test_the_example_names_no_variable_that_there_is_not(env):
    known = {name for name, _, _ in env.variables()}
    written = (DEPLOY / "docker" / ".env.example").read_text().replace(env.HEAD, "")
    assert set(re.findall(r"^# ([A-Z0-9_]+)=", written, re.MULTILINE)) <= known


@pytest.mark.parametrize("name", OURS)
def test_our_containers_have_a_read_only_root_and_no_privileges(name, services):
    service = services[name]
    assert service["read_only"] is True and service["cap_drop"] == ["ALL"]
    assert "no-new-privileges:true" in service["security_opt"] and "/tmp" in service["tmpfs"]


def test_our_image_runs_as_nobody_s_user_and_is_asked_whether_it_is_well():
    text = (DEPLOY / "docker" / "Dockerfile").read_text()
    assert "USER 10001:10001" in text and "HEALTHCHECK" in text


def test_no_port_of_the_compose_file_is_open_to_other_machines(services):
    published = [port for service in services.values() for port in service.get("ports", [])]
    assert published and all(port.startswith("127.0.0.1:") for port in published)


def test_nobody_starts_it_without_a_key_and_a_password(services):
    text = COMPOSE.read_text()
    assert "${GATEWAY_API_KEY:?" in text and "${POSTGRES_PASSWORD:?" in text


def test_the_commands_of_the_compose_file_are_commands_of_recto(services):
    for name in OURS:
        command = [sys.executable, "-c", "from recto.doors.cli import main; main()", services[name]["command"][0]]
        assert complaints(*command, "--help") == ""
