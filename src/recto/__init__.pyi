"""What `import recto` gives, for type checkers: `Client` is loaded when it is first asked for."""

from recto.doors.client import Client as Client

__version__: str
