"""The command line: `recto VERB`. Exit status 0: all went well; 1: some of it did not; 2: the command was wrong."""

from recto.doors.cli.main import main

__all__ = ["main"]
