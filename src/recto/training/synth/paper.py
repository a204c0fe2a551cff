"""A document of no kind of ours in the making, and what may stand after its captions."""

from dataclasses import dataclass, field
from decimal import Decimal

from recto.training.example import Truth
from recto.training.synth.chance import Chance, Look
from recto.training.synth.formats import MoneyFormat, any_day, cents, date_text
from recto.training.synth.lexicon import Table, entries, filled, table
from recto.training.synth.office import Office
from recto.training.synth.parties import Party, ein, person, ssn


@dataclass(slots=True)
class Paper:
    """A document in the making: its page, the words of its type, and the truth so far."""

    page: Office
    words: Table
    chance: Chance
    issuer: Party
    holder: Party
    money: MoneyFormat
    fields: dict[str, Truth] = field(default_factory=dict)

    @property
    def look(self) -> Look:
        return self.page.look

    def some(self, key: str, most: int) -> list[str]:
        """Up to `most` of the type's entries, in their order."""
        if key not in self.words:
            return []
        known = entries(self.words[key])
        kept = set(self.chance.sample(range(len(known)), min(len(known), most)))
        return [filled(text, self.chance) for number, text in enumerate(known) if number in kept]


def date_of(paper: Paper) -> str:
    pattern = paper.look.pick(
        "date pattern",
        ("MM/dd/yyyy", "MMMM d, yyyy", "dd.MM.yyyy", "dd/MM/yyyy", "yyyy-MM-dd", "MMM dd, yyyy", "d MMMM yyyy"),
    )
    return date_text(pattern, any_day(paper.chance, 2005, 2026), paper.words.get("language", "en"))


DATED = ("date", "dob", "exp", "iss", "born", "geb", "né", "due", "admitted", "discharged", "le")
PERSONAL = (
    *("name", "patient", "owner", "provider", "borrower", "tenant", "nom", "passenger", "guest", "from", "to"),
    "contact",
)
PRICED = ("price", "amount", "rent", "salary", "income", "premium", "value", "deposit")
"""Parts of captions that tell what stands after them."""
ANYTHING = (
    *("##########", "{coined}", "{first} {surname}", "%##", "@@-#####", "{coined} {industry}", "N/A", "{noun}"),
    *("####-####", "Yes", "No", "%", "{cities}"),
)


def value_of(paper: Paper, caption: str) -> str:
    """Something that could stand after the caption."""
    chance, low = paper.chance, caption.lower()

    def speaks_of(*parts: str) -> bool:
        return any(part in low for part in parts)

    if speaks_of(*DATED) and chance.maybe(0.85):
        return date_of(paper)
    if speaks_of(*PERSONAL):
        return person(chance).name
    if speaks_of("address", "property"):
        return person(chance).address
    if speaks_of("social security", "ssn"):
        return ssn(chance)
    if speaks_of("ein", "employer id"):
        return ein(chance)
    if speaks_of(*PRICED):
        return paper.money(amount_of(chance))
    return filled(chance.pick(ANYTHING), chance, table("countries")["US"])


def amount_of(chance: Chance) -> Decimal:
    return cents(Decimal(str(round(3 * 9000 ** chance.random(), 2))))
