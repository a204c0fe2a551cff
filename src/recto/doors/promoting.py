"""A model in another's place: judged on this installation's own labels, then the canaries are read again.

A person may put one in use unjudged, or go back to the one before. All of it is written down, with who did it and why.
"""

from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any, Final

from recto.app import App, named
from recto.document.errors import BadRequest, Conflict, NotFound
from recto.document.record import Record
from recto.doors.label_import import existing, read_ids

CANARIES: Final = 20
PROMOTION: Final = "recto.training.promotion:"


def promote(app: App, name: str, margin: float | None = None, by: str = "") -> dict[str, Any]:
    """Puts the model in use where it is better, and says so with the table; refuses it where it is not.

    Raises NotFound for a model that is not here, BadRequest where too few documents are labelled.
    """
    models, candidate = app.models, found(app, name)
    examples = named("recto.training.sources.labels:examples")(app.labels, app.labels, app.records)
    labeller = named("recto.engines.label.layoutlm_onnx:LayoutLmOnnx")
    before, after = labeller(models.active()), labeller(candidate.path)
    judged = named(f"{PROMOTION}judged_on")(examples, models.home)
    margins = {} if margin is None else {"margin": margin}
    verdict = named(f"{PROMOTION}compared")(before, after, judged, **margins)
    said = {"deed": "judged", **about(app, candidate, by), **verdict.as_json()}
    if verdict.better:
        models.activate(name)
        said["canaries"] = canaries(app, before, after)
    return written(app, said)


def use(app: App, name: str, reason: str, by: str = "") -> dict[str, Any]:
    """Puts the model in use without judging it; the reason is kept. Raises NotFound, BadRequest without a reason."""
    if not reason.strip():
        raise BadRequest("Say why the model is to be used without being judged.")
    candidate = found(app, name)
    said = {"deed": "put in use", **about(app, candidate, by), "why": reason.strip()}
    app.models.activate(name)
    return written(app, said)


def go_back(app: App, by: str = "") -> dict[str, Any]:
    """Lets the model that was in use before label again. Raises NotFound where there was none."""
    may_choose(app)
    left = name_of(app.models.active())
    back = name_of(app.models.roll_back())
    return written(app, {"deed": "went back", "model": back, "instead_of": left, "by": by})


def history(app: App) -> list[dict[str, Any]]:
    """Every judgement, override and way back, the last first."""
    past: list[dict[str, Any]] = named(f"{PROMOTION}written_down")(app.models.home)
    return past[::-1]


def installed(app: App) -> list[Any]:
    """The models of this installation; `active` is the one that labels, also where the settings follow a URL."""
    now = app.activated()
    return [replace(one, active=one.path == now) for one in app.models.list()]


def found(app: App, name: str) -> Any:
    """The model of that name, which is not in use. Raises NotFound, BadRequest, Conflict."""
    may_choose(app)
    candidate = next((one for one in installed(app) if one.name == name), None)
    if candidate is None:
        raise NotFound(f"No model {name!r}: `recto models pull` takes one in.")
    if candidate.active:
        raise BadRequest(f"{name} is in use already.")
    return candidate


def may_choose(app: App) -> None:
    """Raises Conflict where the settings say which model labels."""
    if app.settings.model:
        raise Conflict(f"The settings follow {app.settings.model}: the model that is to label belongs there.")


def about(app: App, candidate: Any, by: str) -> dict[str, Any]:
    """Which model is to take whose place, and who wants it: the owner of his key, empty where no keys are asked for."""
    instead = name_of(app.models.active())
    return {"model": candidate.name, "digest": candidate.digest, "instead_of": instead, "by": by}


def name_of(path: str) -> str:
    return Path(path).name


def written(app: App, said: dict[str, Any]) -> dict[str, Any]:
    line: dict[str, Any] = named(f"{PROMOTION}write_down")(app.models.home, said)
    return line


def canaries(app: App, before: Any, after: Any) -> dict[str, Any]:
    """The report of what the newest documents of each owner say otherwise now."""
    count, found = named("recto.training.canary:differences")(canary_records(app), before, after)
    report: dict[str, Any] = named("recto.training.canary:report")(count, found)
    return report


def canary_records(app: App) -> list[Record]:
    """The last documents that were read, of any owner that has labelled some, and of nobody's."""
    owners = dict.fromkeys(["", *(one.owner for one in app.labels.labelled(limit=200))])
    found = (existing(app, each, owner) for owner in owners for each in islice(read_ids(app, owner), CANARIES))
    return [record for record in found if record is not None][:CANARIES]
