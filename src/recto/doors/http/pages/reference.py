"""`/docs`: the API as a page, drawn here from its OpenAPI document, so that no other host is asked for a script."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from fastapi import APIRouter, FastAPI, Request, Response

from recto.doors.http.pages.routes import page
from recto.doors.http.problems import Problem

router = APIRouter(include_in_schema=False)
LONG: Final = re.compile(r'"([^"\n]{60})[^"\n]{20,}"')
METHODS = ("get", "post", "put", "patch", "delete")


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of a route: where it stands, of which form it is, what it means."""

    name: str
    place: str
    form: str
    required: bool
    meaning: str


@dataclass(frozen=True, slots=True)
class Route:
    """A route of the API."""

    method: str
    path: str
    meaning: str
    parameters: tuple[Parameter, ...]
    examples: tuple[tuple[str, str], ...]
    answers: tuple[tuple[str, str], ...]


@router.get("/docs")
def reference(request: Request) -> Response:
    """Every route with its parameters."""
    groups: dict[str, list[Route]] = {}
    described = request.app.openapi()
    for path, operations in described["paths"].items():
        for method in METHODS:
            if method in operations:
                operation = operations[method]
                groups.setdefault(operation.get("tags", ["other"])[0], []).append(route_of(method, path, operation))
    return page(request, "reference.html", groups=groups, base=str(request.base_url))


def route_of(method: str, path: str, operation: dict[str, Any]) -> Route:
    return Route(
        method=method.upper(),
        path=path,
        meaning=operation.get("description") or operation.get("summary", ""),
        parameters=(*map(parameter_of, operation.get("parameters", ())), *fields_of(operation)),
        examples=tuple(examples_of(operation)),
        answers=tuple((code, answer["description"]) for code, answer in operation["responses"].items()),
    )


def examples_of(operation: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """What each body of the OpenAPI document shows, and the body, its long texts cut for the eye; then the answer."""
    for form, content in operation.get("requestBody", {}).get("content", {}).items():
        text_of = as_options if form == "multipart/form-data" else as_text
        for example in content.get("examples", {}).values():
            yield example.get("summary", ""), text_of(example["value"])
    for status, answer in operation["responses"].items():
        if example := answer.get("content", {}).get("application/json", {}).get("example"):
            yield f"Answer with {status}", as_text(example)


def as_text(body: dict[str, Any]) -> str:
    return LONG.sub(r'"\1…"', json.dumps(body, indent=2, ensure_ascii=False))


def as_options(form: dict[str, Any]) -> str:
    """As `curl` sends a form."""
    files = [f"-F file=@{name}" for name in form.get("file", ())]
    return " ".join([*files, *(f"-F {name}={value}" for name, value in form.items() if name != "file")])


def parameter_of(given: dict[str, Any]) -> Parameter:
    schema = given.get("schema", {})
    meaning = given.get("description") or schema.get("description", "")
    return Parameter(given["name"], given["in"], form_of(schema), given.get("required", False), meaning)


def fields_of(operation: dict[str, Any]) -> tuple[Parameter, ...]:
    """The parts of a form that a route takes."""
    form = operation.get("requestBody", {}).get("content", {}).get("multipart/form-data", {}).get("schema", {})
    return tuple(
        Parameter(name, "form", form_of(schema), name in form.get("required", ()), schema.get("description", ""))
        for name, schema in form.get("properties", {}).items()
    )


def form_of(schema: dict[str, Any]) -> str:
    """`integer`, `one of a, b`, `file`: the form of a value in a few words."""
    if "anyOf" in schema:
        return " or ".join(form_of(one) for one in schema["anyOf"] if one.get("type") != "null")
    if "enum" in schema:
        return "one of " + ", ".join(map(str, schema["enum"]))
    if schema.get("type") == "array":
        return "several: " + form_of(schema["items"])
    return "file" if schema.get("format") == "binary" else str(schema.get("type", "object"))


def install(http: FastAPI) -> None:
    """The page, and the form of a problem in the OpenAPI document, to which every route points."""
    http.include_router(router)
    plain = http.openapi

    def openapi() -> dict[str, Any]:
        described = plain()
        described.setdefault("components", {}).setdefault("schemas", {})["Problem"] = Problem.model_json_schema()
        return described

    http.openapi = openapi  # type: ignore[method-assign]  # FastAPI's own way of adding to the document
