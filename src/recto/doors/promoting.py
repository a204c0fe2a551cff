"""A model in another's place: judged on this installation's own labels, then the canaries are read again."""

from itertools import islice
from typing import Any, Final

from recto.app import App, named
from recto.document.errors import BadRequest, NotFound
from recto.document.record import Record
from recto.doors.label_import import existing, read_ids

CANARIES: Final = 20


def promote(app: App, name: str, margin: float | None = None) -> dict[str, Any]:
    """Puts the model in use where it is better, and says so with the table; refuses it where it is not.

    Raises NotFound for a model that is not here, BadRequest where too few documents are labelled.
    """
    promotion, models = "recto.training.promotion:", app.models
    candidate = next((one for one in models.list() if one.name == name), None)
    if candidate is None:
        raise NotFound(f"No model {name!r}: `recto models pull` takes one in.")
    if candidate.active:
        raise BadRequest(f"{name} is in use already.")
    examples = named("recto.training.sources.labels:examples")(app.labels, app.labels, app.records)
    labeller = named("recto.engines.label.layoutlm_onnx:LayoutLmOnnx")
    before, after = labeller(models.active()), labeller(candidate.path)
    judged = named(f"{promotion}judged_on")(examples, models.home)
    margins = {} if margin is None else {"margin": margin}
    verdict = named(f"{promotion}compared")(before, after, judged, **margins)
    said = {"model": name, "digest": candidate.digest, "instead_of": models.active(), **verdict.as_json()}
    if verdict.better:
        models.activate(name)
        said["canaries"] = canaries(app, before, after)
    line: dict[str, Any] = named(f"{promotion}write_down")(models.home, said)
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
