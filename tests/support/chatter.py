"""A scripted server of OpenAI's chat completions: it says what it was given to say, and remembers what it was asked."""

import math
from collections import deque
from collections.abc import Iterable
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route


class Chatter:
    """Each request gets the next of the `lines`; the last one again and again. A line that is a dict is a choice of
    its own, one that is a number an HTTP status. `knows` are the parts of requests beyond the plainest that it takes.
    """

    def __init__(self, lines: Iterable[Any], knows: Iterable[str] = ("logprobs", "response_format")) -> None:
        self.lines = deque(lines)
        self.knows = set(knows)
        self.asked: list[dict[str, Any]] = []

    @property
    def app(self) -> Starlette:
        return Starlette(routes=[Route("/v1/chat/completions", self.complete, methods=["POST"])])

    async def complete(self, request: Request) -> Response:
        body = await request.json()
        self.asked.append(body)
        if unknown := {"logprobs", "response_format"} & set(body) - self.knows:
            return JSONResponse({"error": {"message": f"unknown: {sorted(unknown)}"}}, 422)
        line = self.lines.popleft() if len(self.lines) > 1 else self.lines[0]
        if isinstance(line, int):
            return JSONResponse({"error": {"message": "scripted"}}, line)
        choice = line if isinstance(line, dict) else said(line)
        return JSONResponse({"id": "chat-1", "object": "chat.completion", "choices": [choice]})

    @property
    def temperatures(self) -> list[float]:
        return [body["temperature"] for body in self.asked]


def said(text: str, chance: float = 0.9, finish_reason: str = "stop") -> dict[str, Any]:
    """A choice in which each token of four letters had that probability."""
    tokens = [text[i : i + 4] for i in range(0, len(text), 4)]
    content = [{"token": token, "logprob": math.log(chance), "top_logprobs": []} for token in tokens]
    return {
        "index": 0,
        "message": {"role": "assistant", "content": text},
        "finish_reason": finish_reason,
        "logprobs": {"content": content},
    }
