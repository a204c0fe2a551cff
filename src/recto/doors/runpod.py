"""The RunPod door: `python -m recto.doors.runpod classify|extract` answers the jobs of a serverless endpoint.

A job's `input` is the body of `POST /v1/classify` or `/v1/extract`, and its output that call's answer with the whole
reading; a failure is `{"error": "<one sentence>"}`. With `--rp_serve_api` RunPod's own local server asks instead.
"""

import logging
import sys
from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any, Final

from recto.app import App, build
from recto.document.errors import BadRequest, RectoError
from recto.document.reading import Engine
from recto.engines.remote import file_of
from recto.schemas.json import reading_json
from recto.submission import File, Submission

log = logging.getLogger("recto.runpod")

Answerer = Callable[[App, Submission], dict[str, Any]]
Handler = Callable[[Mapping[str, Any]], dict[str, Any]]


def classify(app: App, submission: Submission) -> dict[str, Any]:
    """What `/v1/classify` answers."""
    verdict = app.judge(submission)
    return {
        "type": verdict.guess.kind,
        "confidence": verdict.guess.confidence,
        "reasoning": verdict.reasoning,
        "engine": engine_json(verdict.engine),
    }


def extract(app: App, submission: Submission) -> dict[str, Any]:
    """What `/v1/extract` answers, and the reading with its words. Nothing is masked: the gateway does that."""
    extraction = app.extract(submission)
    return {
        "data": extraction.data,
        "confidence": extraction.confidence,
        "doc_type": extraction.kind,
        "page_count": extraction.page_count,
        "engine": engine_json(extraction.engine),
        "reading": reading_json(extraction.reading, words=True, reveal=True),
    }


TASKS: Final[Mapping[str, Answerer]] = {"classify": classify, "extract": extract}


def handler(app: App, task: str) -> Handler:
    """What RunPod calls with each job, `{"id": …, "input": {…}}`."""
    answer = TASKS[task]

    def handle(job: Mapping[str, Any]) -> dict[str, Any]:
        try:
            return answer(app, submission_of(app, job.get("input")))
        except RectoError as error:
            log.warning("job %s: %s", job.get("id"), error)
            return {"error": str(error)}

    return handle


def submission_of(app: App, question: Any) -> Submission:
    """The files and wishes of a job. Raises BadRequest, and what fetching a URL does."""
    urls = question.get("image_urls") if isinstance(question, Mapping) else None
    if not isinstance(urls, list) or not urls or not all(isinstance(url, str) for url in urls):
        raise BadRequest("`image_urls` must be a list of one URL or more.")
    kind, prompt = question.get("doc_type"), question.get("prompt") or ""
    if not isinstance(prompt, str) or not isinstance(kind, str | None):
        raise BadRequest("`prompt` and `doc_type` must be texts.")
    return Submission(tuple(file(app, url, number) for number, url in enumerate(urls, 1)), kind, prompt)


def file(app: App, url: str, number: int) -> File:
    """From a data URI, or fetched with the same care as at the HTTP door."""
    name = f"page-{number}"
    return file_of(url, name) if url.startswith("data:") else File(app.web.fetch(url), name)


def engine_json(engine: Engine) -> dict[str, str]:
    return {name: value for name, value in asdict(engine).items() if value}


def main() -> None:
    """Serves until RunPod ends it. The engines are warmed by the first job."""
    import runpod

    if len(sys.argv) < 2 or sys.argv[1] not in TASKS:
        sys.exit(f"usage: python -m recto.doors.runpod {'|'.join(TASKS)}")
    task = sys.argv.pop(1)
    runpod.serverless.start({"handler": handler(build(), task)})


if __name__ == "__main__":
    main()
