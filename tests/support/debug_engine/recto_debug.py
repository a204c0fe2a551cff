"""A labeller of another package: it thinks nothing, and does on demand what documents do by accident."""

import os
import signal
import threading
from pathlib import Path

from recto.document.assurance import UNMEASURED
from recto.document.reading import OUTSIDE, Engine


class DebugLabeller:
    """Does what a word of the document says: SEGFAULT, SWALLOW (memory without end), or WAIT for the file `gate`.

    Each document it is given is noted in the folder `notes`, by its first words.
    """

    def __init__(self, gate="", notes="", version="1"):
        self.gate = gate
        self.notes = notes
        self.version = version

    @property
    def engine(self):
        return Engine("debug", self.version)

    def label(self, documents):
        for words, _ in documents:
            said = [word.text for word in words]
            if self.notes:
                Path(self.notes, f"{'-'.join(said[:3])}.{os.getpid()}.{threading.get_ident()}").touch()
            self.obey(set(said))
        return [(OUTSIDE,) * len(words) for words, _ in documents]

    def obey(self, said):
        if "SEGFAULT" in said:
            os.kill(os.getpid(), signal.SIGSEGV)
        if "SWALLOW" in said:
            held = []
            while True:
                held.append(bytearray(os.urandom(1024) * 8192))
        while "WAIT" in said and not Path(self.gate).exists():
            threading.Event().wait(0.05)

    def assurance(self, kind):
        return UNMEASURED
