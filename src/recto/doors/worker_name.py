"""A worker's name, from which another worker on the same machine can tell whether it still lives."""

import os
import socket
import uuid
from contextlib import suppress
from pathlib import Path

PROC = Path("/proc")


def own_name() -> str:
    """`machine/pid/start/random`: the start tells a process from a later one with the same pid."""
    pid = os.getpid()
    return f"{machine()}/{pid}/{start_of(pid)}/{uuid.uuid4().hex[:8]}"


def dead(name: str) -> bool:
    """Whether that worker is known to be no more. Of one on another machine nothing is known."""
    where, _, rest = name.partition("/")
    pid, _, start = rest.partition("/")
    if where != machine() or not pid.isdigit():
        return False
    return not lives(int(pid)) or start_of(int(pid)) != start.partition("/")[0]


def lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def machine() -> str:
    """The host, its boot and the space in which pids count: containers may share a host's name but not its pids."""
    parts = [socket.gethostname().replace("/", "-")]
    with suppress(OSError):
        parts.append((PROC / "sys/kernel/random/boot_id").read_text()[:8])
        parts.append(str((PROC / "self/ns/pid").stat().st_ino))
    return ":".join(parts)


def start_of(pid: int) -> str:
    """When the process started, in ticks since the boot; empty where the system does not say."""
    try:
        status = (PROC / str(pid) / "stat").read_text()
    except OSError:
        return ""
    # The second field is the program's name in brackets, which may hold anything.
    return status.rpartition(")")[2].split()[19]
