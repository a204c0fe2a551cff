"""Reading a page needs no network: a child process in which every way out is shut reads it all the same."""

import subprocess
import sys

CHILD = """
import sys

def shut(event, arguments):
    if event in ("socket.connect", "socket.getaddrinfo", "socket.sendto", "socket.bind", "urllib.Request"):
        raise PermissionError(f"the network is cut: {event}")

sys.addaudithook(shut)
from recto.engines.ocr.rapid import RapidOcr
from tests.contracts.printed import receipt

for script in ("latin", "all"):
    print(script, *(word.text for word in RapidOcr(script, threads=1).read([receipt()])[0].words))

import socket
try:
    socket.create_connection(("127.0.0.1", 9), 0.1)
except PermissionError:
    print("and the network was cut")
"""


def test_rapidocr_reads_with_the_network_cut_with_either_model():
    done = subprocess.run([sys.executable, "-c", CHILD], capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr[-2000:]
    latin, everything, proof = done.stdout.splitlines()
    for read in (latin, everything):
        assert "TOTAL 23.50" in read and "THANK YOU PLEASE COME AGAIN" in read
    assert proof == "and the network was cut"
