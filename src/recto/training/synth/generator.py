"""One document, or a stream of them, by kind and seed; templates that are kept apart for testing."""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from recto.document.errors import UnknownKind
from recto.training.example import Quality
from recto.training.synth.bank_statements import bank_statement
from recto.training.synth.card_statements import card_statement
from recto.training.synth.chance import Chance, Look
from recto.training.synth.checks import check
from recto.training.synth.invoices import invoice
from recto.training.synth.others import other
from recto.training.synth.receipts import receipt
from recto.training.synth.synthetic import Draft, Synthetic
from recto.training.synth.tax_forms import tax_form

Maker = Callable[[Look, Chance, int | None, str | None], Draft]


def _tax(kind: str) -> Maker:
    return lambda look, chance, rows, wrong: tax_form(kind, look, chance, wrong)


_TAX_KINDS = ("W2", "1099-INT", "1099-DIV", "1099-MISC", "1099-NEC", "1099-R", "1098")

_MAKERS: dict[str, Maker] = {
    "receipt": receipt,
    "invoice": invoice,
    "bank_statement": bank_statement,
    "credit_card_statement": card_statement,
    "check": check,
    "other": other,
    **{kind: _tax(kind) for kind in _TAX_KINDS},
}

_TEMPLATES = {"receipt": 4000, "invoice": 2000, "other": 3000}
"""How many templates a kind has; the others have 600."""

_HELD_OUT = 0.1


@dataclass(frozen=True, slots=True)
class Request:
    """What to make. `held_out` asks for templates kept for testing (True), for the others (False), or any (None).

    `rows` fixes the number of items or transactions; `wrong` names the amount that is printed wrong.
    """

    kind: str
    quality: Quality = "clean"
    rows: int | None = None
    wrong: str | None = None
    held_out: bool | None = None


def generate(
    kind: str,
    seed: int,
    *,
    quality: Quality = "clean",
    rows: int | None = None,
    wrong: str | None = None,
    held_out: bool | None = None,
) -> Synthetic:
    """The document of that kind and seed: the same one on every machine. Raises UnknownKind."""
    return made(Request(kind, quality, rows, wrong, held_out), seed)


def made(request: Request, seed: int) -> Synthetic:
    """The document of that request and seed."""
    if request.kind not in _MAKERS:
        raise UnknownKind(f"{request.kind!r} is none of {', '.join(_MAKERS)}")
    chance = Chance(f"{request.kind}/{seed}")
    look = _template(request, chance)
    draft = _MAKERS[request.kind](look, chance, request.rows, request.wrong)
    return Synthetic(draft, seed, request.quality)


def generate_many(request: Request, count: int, seed: int) -> Iterator[Synthetic]:
    """`count` documents, whose seeds follow `seed`."""
    for number in range(count):
        yield made(request, seed * 1_000_003 + number)


def with_quality(request: Request, quality: Quality) -> Request:
    return replace(request, quality=quality)


def is_held_out(group: str) -> bool:
    """Whether a template is kept for testing: a tenth of them, by the hash of their name."""
    digest = hashlib.blake2b(group.encode(), digest_size=8, person=b"held out").digest()
    return int.from_bytes(digest, "big") / 2**64 < _HELD_OUT


def _template(request: Request, chance: Chance) -> Look:
    """A template, drawn among those asked for."""
    while True:
        group = f"{request.kind}/{chance.randrange(_TEMPLATES.get(request.kind, 600))}"
        if request.held_out is None or is_held_out(group) == request.held_out:
            return Look(group)
