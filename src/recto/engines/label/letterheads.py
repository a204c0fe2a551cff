"""Parties that no caption names: blocks of a name over an address, and which of them sends the invoice."""

import re
import statistics
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from recto.engines.label.addresses import CODE, is_coded, is_place, is_town, is_unit
from recto.engines.label.captions import compact
from recto.engines.label.holders import wholes
from recto.engines.label.merchants import LEGAL
from recto.engines.label.rows import Cell, Row
from recto.engines.label.shapes import DATE, EMAIL, WEBSITE, matches, moneys

FIRM: Final = re.compile(
    LEGAL.pattern
    + r"|\b(?:a\.\s?G\.|e\.\s?[VK]\.|eG|OHG|KGaA|UG|mbH|SARL|SASU?|EURL|S\.L|S\.?p\.?A|S\.?r\.?l|S\.?n\.?c|N\.?V"
    r"|B\.?V|V\.?O\.?F|LLP|& Co)(?!\w)",
    re.IGNORECASE,
)
LABELLED: Final = re.compile(
    r"^[^:]{2,40}:|^\s*:|@|www\.|^(?:tel|fon|fax|phone|e-?mail|ust|vat|siret|tva|iban)\b", re.IGNORECASE
)
CONTACT: Final = re.compile(
    r"^\(?\+?[\d\s().\-/]{7,}$|^(?:t|e|ph|m)\.?:?\s\S*\d|^(?:t[ée]l(?:[ée]ph\w*|efo\w*)?|courriel|correo|e-?mail|pec|mail)\b|^https?:"
    r"|^\S+\.(?:com|net|org|de|fr|it|es|nl|eu|ch|at|co\.\w\w|us|ca|be|io)$",
    re.IGNORECASE,
)
NUMBERED: Final = re.compile(
    r"^(?:n°\s?)?(?:(?:federal\s)?tax|ust|umsatzsteuer|st\.?-?\s?nr|steuer|vat|gst|tva|ein|abn|siren|siret|rcs|p\.?\s?iva|part(?:ita)?\.?"
    r"\siva|c\.?i\.?f|n\.?i\.?f|rfc|btw|kvk|k\.v\.k|uid|hr[ab]|mwst|company no|reg|[gi]ln|duns|eori)\b.*\d",
    re.IGNORECASE,
)
TITLE: Final = re.compile(
    r"^\W*(?:[^\W\d]+\W{1,3}){0,2}?(?:\w*rechnung|\w*invoice|facture|factura|fattura|\w*factuur|faktura|\w*gutschrift"
    r"|credit note|avoir|parcella|nota di credito|bill|statement|receipt|lieferschein|page|seite)\b",
    re.IGNORECASE,
)
GREETING: Final = re.compile(r"^(?:Herrn?|Frau|Firma|Mr\.?|Mrs\.?|Ms\.?|M\.|Mme|An|Aan|z\. ?Hd\.?)$", re.IGNORECASE)
LONGEST: Final = 7
"""Words of the longest name."""
LARGE: Final = 1.15
"""Print so much larger than the rest is a letterhead's."""
NEAR: Final = 1.1
"""Lines of one block stand at most so many of their heights apart."""
TOP: Final = 0.5
"""Letterheads and address windows stand in the upper part of the first page, as a share of its height."""


@dataclass(slots=True)
class Party:
    """A name, the lines of its address under it, and the lines that tell how to reach it; `aside` are persons there."""

    name: list[Cell]
    address: list[Cell] = field(default_factory=list)
    contact: list[Cell] = field(default_factory=list)
    aside: list[Cell] = field(default_factory=list)

    @property
    def key(self) -> str:
        return compact(self.name[0].text) if self.name else ""

    def takes(self, cell: Cell) -> bool:
        """Whether a line can go on with it: not after its contacts, nor after its town but with a town again."""
        if not self.address:
            return True
        whole = is_coded(self.address[-1].text) and not (is_town(cell.text) or is_unit(cell.text))
        return not self.contact and not whole

    @property
    def cells(self) -> list[Cell]:
        return [*self.name, *self.address, *self.contact, *self.aside]


def blocks_of(rows: Sequence[Row]) -> list[list[Cell]]:
    """Cells that stand one under the other, left, right or middle together, in the order of their first."""
    stacks: list[list[Cell]] = []
    for row in rows:
        for cell in wholes(row):
            home = next((stack for stack in reversed(stacks) if goes_on(stack[-1], cell)), None)
            if home is None:
                stacks.append([cell])
            else:
                home.append(cell)
    return stacks


def goes_on(upper: Cell, lower: Cell) -> bool:
    """Whether a cell stands right under another."""
    letter = upper.box.width / max(1, len(upper.text))
    gap = lower.box.top - upper.box.bottom
    sides = (
        abs(lower.box.left - upper.box.left) / 1.6,
        abs(lower.box.right - upper.box.right),
        abs(lower.box.center[0] - upper.box.center[0]),
    )
    near = -0.5 * upper.box.height < gap < NEAR * max(upper.box.height, lower.box.height)
    return upper.page == lower.page and near and min(sides) < letter


def parties_in(block: Sequence[Cell], known: Collection[str] = ()) -> list[Party]:
    """The parties of a block, line by line; `known` are captions, compact, which are nobody's name."""
    found: list[Party] = []
    for number, cell in enumerate(block):
        after = block[number + 1].text if number + 1 < len(block) else ""
        last = found[-1] if found else None
        if is_apart(cell, known):
            found.append(Party([]))  # what follows belongs to nobody above
        elif is_contact(cell):
            if last:
                last.contact.append(cell)
        elif last is None or not (last.takes(cell) or _is_country(last, cell)):
            found.append(Party([], [cell]) if is_place(cell.text) else Party([cell]))
        else:
            _grow(last, cell, after)
    return [party for party in found if party.name or party.address]


def _grow(party: Party, cell: Cell, after: str) -> None:
    """Another line of a party: of its address, of its name, or a person's, which is left out."""
    text = cell.text
    if not party.name and not party.address:
        (party.address if is_place(text) else party.name).append(cell)
    elif is_place(text) or (party.address and _is_part(cell, after)):
        party.address.append(cell)
    elif FIRM.search(text) and not any(FIRM.search(line.text) for line in party.name):
        party.name.append(cell)
    else:
        party.aside.append(cell)


def _is_part(cell: Cell, after: str) -> bool:
    """Whether a line without a sign of its own goes on with an address: a town over its code, or a short last line."""
    return is_town(after) or (len(cell.texts) < 3 and not cell.text.endswith((".", "!", "?", ":")))


def _is_country(party: Party, cell: Cell) -> bool:
    """Whether a line goes on with an address below the town, rather than that something else begins there."""
    close = cell.box.top - party.address[-1].box.bottom < NEAR * cell.box.height
    alone = len(cell.texts) < 3 and not party.contact and not FIRM.search(cell.text)
    return close and alone and compact(cell.text) in COUNTRIES


COUNTRIES: Final = frozenset(
    [
        *(
            "deutschland",
            "germany",
            "allemagne",
            "osterreich",
            "austria",
            "schweiz",
            "suisse",
            "svizzera",
            "switzerland",
        ),
        *("france", "frankreich", "francia", "espana", "spain", "spanien", "italia", "italien", "italy", "nederland"),
        *("niederlande", "netherlands", "thenetherlands", "belgie", "belgien", "belgique", "belgium", "luxemburg"),
        *("luxembourg", "unitedkingdom", "uk", "greatbritain", "england", "ireland", "usa", "unitedstates", "canada"),
        *("mexico", "australia", "india", "singapore", "malaysia", "polen", "poland", "polska", "portugal", "danmark"),
        *("denmark", "danemark", "schweden", "sweden", "sverige", "japan", "china", "hongkong", "newzealand"),
    ]
)


def is_contact(cell: Cell) -> bool:
    """A telephone, a mail address, a site or a registration number."""
    return not CODE.match(cell.text) and any(pattern.search(cell.text) for pattern in (LABELLED, CONTACT, NUMBERED))


def is_apart(cell: Cell, known: Collection[str]) -> bool:
    """A title, a caption, a day or an amount: no line of a party."""
    text = cell.text
    titled = TITLE.search(text) is not None and len(cell.texts) <= 6 and not FIRM.search(text)
    valued = bool(matches(DATE, cell.texts)) or bool(moneys(cell.texts))
    spoken = sum(map(str.isalpha, text)) > 1 or is_coded(text) or is_unit(text)
    said = compact(text) in known or GREETING.match(text) is not None
    return titled or valued or not spoken or said or len(cell.texts) > LONGEST + 6


def loose(rows: Sequence[Row], known: Collection[str], taken: Collection[Cell]) -> list[Party]:
    """The parties of the first page that no caption named, in order."""
    first = rows[0].page if rows else 0
    top = [row for row in rows if row.page == first]
    used = {index for cell in taken for index in cell.words}
    blocks = [[cell for cell in block if not used & set(cell.words)] for block in blocks_of(top)]
    found = [party for block in blocks if block for party in parties_in(block, known)]
    return _with_addresses([party for party in found if _is_able(party)])


def _is_able(party: Party) -> bool:
    """A name that could be one: in letters, short, no sentence."""
    if not party.name:
        return True
    text = party.name[0].text
    return sum(map(str.isalpha, text)) > 2 and len(party.name[0].texts) <= LONGEST and not text.endswith((":", ","))


def _with_addresses(parties: Sequence[Party]) -> list[Party]:
    """With an address that stands beside or shortly below a lonely name, as letterheads part them."""
    homeless = [party for party in parties if not party.name]
    named = [party for party in parties if party.name]
    for party in named:
        near = next((one for one in homeless if not party.address and _beside(party, one)), None)
        if near is not None:
            party.address, party.contact = near.address, [*party.contact, *near.contact]
            homeless.remove(near)
    return named


def _beside(party: Party, other: Party) -> bool:
    above, below = party.name[-1].box, other.address[0].box
    return -0.5 * above.height < below.top - above.top < 3 * above.height


def sending(parties: Sequence[Party], rows: Sequence[Row]) -> Party | None:
    """The party that sends the invoice: its name stands in sites and mail addresses, again on the page, or largest."""
    stems = _stems(rows)
    usual = statistics.median([row.box.height for row in rows]) if rows else 0.01
    names = [compact(cell.text) for row in rows for cell in row.cells]
    able = [party for party in parties if party.address or party.contact or _is_head(party, usual)]
    return max(able, key=lambda party: _sends(party, stems, names, usual), default=None)


def _is_head(party: Party, usual: float) -> bool:
    """A name without an address that looks like one all the same."""
    first = party.name[0]
    return first.box.top < TOP and (first.box.height > LARGE * usual or _is_firm(party))


def _is_firm(party: Party) -> bool:
    return any(FIRM.search(cell.text) for cell in party.name)


def _sends(party: Party, stems: Collection[str], names: Sequence[str], usual: float) -> float:
    """How much speaks for a party as the sender; of equals the upper one."""
    first = party.name[0]
    reached = any(EMAIL.search(cell.text) or WEBSITE.search(cell.text) for cell in party.contact)
    sited = any(party.key.startswith(stem) or stem.startswith(party.key) for stem in stems)
    again = sum(name.startswith(party.key) for name in names) > 1
    large = min(1.0, max(0.0, first.box.height / usual - 1.0)) if usual else 0.0
    return (
        4.0 * sited + 2.0 * reached + again + _is_firm(party) + 1.5 * large + 0.5 * bool(party.contact) - first.box.top
    )


def _stems(rows: Sequence[Row]) -> set[str]:
    """The names in the page's sites and mail addresses: `musterfirma` of `info@muster-firma.de`."""
    return {compact(stem) for row in rows for stem in _domains(row) if len(compact(stem)) > 3}


def _domains(row: Row) -> Iterator[str]:
    for text in row.texts:
        for hit in re.finditer(r"(?:@|www\.|https?://)([\w-]+(?:\.[\w-]+)*)", text):
            yield from hit.group(1).split(".")[:1]
