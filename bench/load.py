"""A small load generator: keep-alive connections that send the same request again and again, without a library between.

A client library costs several times what the servers cost that are measured, and would be what is measured.
"""

import asyncio
import time
from collections import Counter
from dataclasses import dataclass, field


@dataclass
class Run:
    """What came back: seconds by request, statuses, and how long all of it took."""

    latencies: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    seconds: float = 0.0
    broken: int = 0

    @property
    def rate(self) -> float:
        return len(self.latencies) / self.seconds

    def percentile(self, share: float) -> float:
        """In milliseconds."""
        ordered = sorted(self.latencies)
        return 1000 * ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def request_of(path: str, body: bytes, headers: dict[str, str]) -> bytes:
    """A POST as it goes over the wire; JSON, unless the headers say otherwise."""
    own = {"Host": "127.0.0.1", "Content-Type": "application/json", **headers, "Content-Length": str(len(body))}
    lines = [f"POST {path} HTTP/1.1", *(f"{name}: {value}" for name, value in own.items()), "", ""]
    return "\r\n".join(lines).encode() + body


async def client(address: tuple[str, int], request: bytes, end: float, run: Run) -> None:
    """One connection, opened again where the server closes it."""
    while time.perf_counter() < end:
        try:
            reader, writer = await asyncio.open_connection(*address)
        except OSError:
            run.broken += 1
            await asyncio.sleep(0.05)
            continue
        try:
            while time.perf_counter() < end:
                start = time.perf_counter()
                writer.write(request)
                status, _, open_still = await answer(reader)
                run.latencies.append(time.perf_counter() - start)
                run.statuses[status] += 1
                if not open_still:
                    break
        except (OSError, asyncio.IncompleteReadError):
            run.broken += 1
        finally:
            writer.close()


async def answer(reader: asyncio.StreamReader) -> tuple[int, bytes, bool]:
    """The status and the body of one answer, and whether the connection stays open."""
    head = await reader.readuntil(b"\r\n\r\n")
    low = head.lower()
    at = low.find(b"content-length:")
    body = await reader.readexactly(int(low[at + 15 : low.index(b"\r\n", at)])) if at >= 0 else b""
    return int(head[9:12]), body, b"connection: close" not in low


async def load(addresses: list[tuple[str, int]], requests: list[bytes], clients: int, seconds: float) -> Run:
    """So many connections at once, spread over the addresses and the requests."""
    run = Run()
    start = time.perf_counter()
    end = start + seconds
    each = (client(addresses[n % len(addresses)], requests[n % len(requests)], end, run) for n in range(clients))
    await asyncio.gather(*each)
    run.seconds = time.perf_counter() - start
    return run
