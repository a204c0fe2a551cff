"""`python -m recto` is the command `recto`."""

from recto.doors.cli import main

if __name__ == "__main__":
    main()
