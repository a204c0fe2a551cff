"""Who sends an invoice and who gets it: captioned blocks, the sender's line over the address window, the letterhead."""

import re
from collections.abc import Collection, Iterable, Sequence
from typing import Final

from recto.document.reading import Span
from recto.engines.label.addresses import is_town
from recto.engines.label.captions import compact
from recto.engines.label.letterheads import FIRM, GREETING, LABELLED, Party, goes_on, loose, parties_in, sending
from recto.engines.label.rows import Cell, Row
from recto.engines.label.shapes import EMAIL, matches

SELLER: Final = frozenset(
    [
        "verkaufer",
        "lieferant",
        "rechnungssteller",
        "rechnungsersteller",
        "absender",
        "leistungserbringer",
        "seller",
        "vendor",
        "supplier",
        "soldby",
        "issuedby",
        "from",
        "vendeur",
        "fournisseur",
        "emetteur",
        "vendedor",
        "proveedor",
        "emisor",
        "verkoper",
        "leverancier",
        "venditore",
        "fornitore",
        "cedente",
        "emittente",
    ]
)
BUYER: Final = frozenset(
    [
        "kaufer",
        "kauferleistungsempfanger",
        "leistungsempfanger",
        "kunde",
        "rechnungsempfanger",
        "empfanger",
        "rechnungan",
        "auftraggeber",
        "customer",
        "customername",
        "soldto",
        "buyer",
        "client",
        "to",
        "clientname",
        "acheteur",
        "adressea",
        "destinataire",
        "cliente",
        "comprador",
        "klant",
        "afnemer",
        "koper",
        "destinatario",
        "spettle",
        "cessionario",
        "intestatario",
        *("preparedfor", "chargeto", "debitto", "attention", "alattentionde", "datosdelcliente", "daticliente"),
        *(
            "firma",
            "an",
            "aan",
            "spett",
            "spettabile",
            "clientefacturacion",
            "kundenadresse",
            "klantgegevens",
        ),
    ]
)
BILLED: Final = frozenset(
    [
        *(
            "billto",
            "billedto",
            "billingaddress",
            "billingto",
            "invoiceto",
            "invoiceaddress",
            "invoicedto",
            "billtoaddress",
        ),
        *(
            "rechnungsadresse",
            "rechnungsanschrift",
            "adressedefacturation",
            "facturea",
            "facturationa",
            "adressefacturation",
        ),
        *("facturara", "facturadoa", "direcciondefacturacion", "factuuradres", "factuuraan", "indirizzodifatturazione"),
        *("fatturarea", "fatturatoa", "intestazionefattura"),
    ]
)
"""Under these stands the address that is billed, which need not be where the customer is."""
DELIVERED: Final = frozenset(
    [
        *("shipto", "shippingaddress", "deliveryaddress", "deliverto", "lieferadresse", "lieferanschrift"),
        *("lieferungan", "warenempfanger", "abweichenderwarenempfanger", "adressedelivraison", "livrera"),
        *("direcciondeentrega", "enviara", "direcciondeenvio", "entrega", "afleveradres", "bezorgadres", "leveradres"),
        *("indirizzodiconsegna", "destinazione", "luogodidestinazione", "destinazionemerce", "spedirea", "shippedto"),
        *(
            "livraison",
            "livrea",
            "livreraladresse",
            "versandadresse",
            "lieferungnach",
            "delivereto",
            "deliveredto",
            "delivery",
        ),
    ]
)
REMITTED: Final = frozenset(
    [
        *("remitto", "remittanceaddress", "remitpaymentto", "makecheckspayableto", "abweichenderzahlungsempfanger"),
        *(
            "zahlungsempfanger",
            "adressedepaiement",
            "pagara",
            "pleaseremitto",
            "remitpayment",
            "sendpaymentto",
            "payto",
        ),
        *(
            "reglementalordrede",
            "beneficiaire",
            "beneficiario",
            "betalenaan",
            "makechecksto",
            "makepaymentto",
            "payableto",
        ),
    ]
)
SHIPPED: Final = DELIVERED | REMITTED | {"serviceaddress", "abweichenderrechnungsempfanger"}
"""Whoever stands under these is neither seller nor buyer."""
GAP: Final = 3.2
"""Lines of one address stand at most this many of their heights apart."""
WINDOW: Final = 0.08
"""The address stands as far left as the sender's line over it, within this share of the page's width."""
ASIDE: Final = 0.03
"""What stands right below begins at the same place, within this share of the page's width."""
NAMED: Final = frozenset(
    {"name", "firma", "company", "nom", "nombre", "naam", "nome", "raisonsociale", "ragionesociale"}
)
SEPARATOR: Final = re.compile(r"\s+[-–—●•·|∙*]\s+|\s*[●•·|∙]\s*")
POSTAL: Final = re.compile(
    r"\b(?:[A-Z]{1,2}[- ]?)?\d{5}(?:-\d{4})?(?=\s?[^\W\d])|\b[A-Z]{2},?\s+\d{5}\b|\b\d{4}\s?[A-Z]{2}\b"
    r"|\b[A-Z]{1,2}\d{1,2}[A-Z]?\s\d[A-Z]{2}\b"
    r"|^(?:[A-Z]{1,2}[- ])?\d{4,5}\s+[^\W\d]"
)
SPOKEN: Final = re.compile(r"[^\W\d]{2}")
FORM: Final = re.compile(r"^(?:S\.?A\.?R\.?L|S\.?A\.?S\.?U?|S\.?A|E\.?U\.?R\.?L|S\.?N\.?C)\.?$")
CAPITAL: Final = re.compile(r"\bSIRE[NT]\b|au capital de", re.I)
"""French registers state a firm's form and capital beside its name; the form is no part of the name there."""
CAPTIONS: Final = SELLER | BUYER | BILLED | SHIPPED


def party_spans(rows: Sequence[Row], last: int, known: Collection[str]) -> list[Span]:
    """Names and addresses of seller and buyer; `last` is the row where the items begin, `known` are other captions."""
    sender = _sender_line(rows)
    billed, named = _first(_captioned(rows, BILLED)), _first(_captioned(rows, BUYER))
    seller, buyer = _first(_captioned(rows, SELLER)), named or _first(_under_sender(rows, sender))
    others = [_first(_captioned(rows, captions)) for captions in (DELIVERED, REMITTED)]
    told = {cell for party in (seller, buyer, billed, *others) if party for cell in party.cells} | (
        {sender} if sender else set()
    )
    parties = loose(rows[:last] or rows, {*known, *CAPTIONS}, told)
    spans: list[Span] = []
    if not seller and sender:
        spans += _split(sender, any(CAPITAL.search(row.text) for row in rows), _over(rows, sender))
    else:
        seller = seller or sending(parties, rows)
        spans += _party(seller, "vendor")
    if billed:
        spans += [*_party(named, "customer"), *_party(billed, "" if named else "customer", "billing")]
    else:
        buyer = buyer or _bought(parties, seller, sender)
        spans += _party(buyer, "customer")
    spans += _mail(rows, [party for party in (billed, buyer) if party])
    return [*spans, *_elsewhere(rows, DELIVERED, "shipping"), *_elsewhere(rows, REMITTED, "remittance")]


def _bought(parties: Sequence[Party], seller: Party | None, sender: Cell | None) -> Party | None:
    """The address window: the party nearest under the sender's line, or the first that is not the seller."""
    able = [one for one in parties if one.address and (seller is None or one.key != seller.key)]
    if sender is not None:
        able = [one for one in able if one.key not in compact(sender.text)]
        below = [one for one in able if one.name[0].box.top > sender.box.top and one.name[0].page == sender.page]
        able = sorted(below, key=lambda one: abs(one.name[0].box.left - sender.box.left)) or able
    return next(iter(able), None)


def _elsewhere(rows: Sequence[Row], captions: frozenset[str], what: str) -> Iterable[Span]:
    """An address under its caption, without the name over it."""
    lines = _captioned(rows, captions)
    if lines and any(map(str.isdigit, lines[0].text)) and POSTAL.search(lines[0].text):
        yield Span(f"{what}_address", lines[0].words)  # all in one line
    yield from (span for span in _party(_first(lines), what) if span.label.endswith("address"))


def _captioned(rows: Sequence[Row], captions: frozenset[str]) -> list[Cell]:
    """The lines under, or beside, a party's caption."""
    for number, row in enumerate(rows[:120]):
        for cell in row.cells:
            rest = _after(cell, captions)
            if rest is None:
                continue
            lines = _lines_under(rows, number, cell)
            beside = [c for c in row.cells if c.box.left > cell.box.right and not _is_caption(c)][:1]
            homeless = not any(is_town(c.text) for c in lines)
            if beside and homeless and _is_id(beside[0]):
                continue  # a customer's number
            if beside and homeless:
                lines = [*beside, *_lines_under(rows, number, beside[0])]
            found = [rest] if rest.words else lines
            found = _named(rows, number, found)
            if found and not _is_id(found[0]):
                return found
    return []


def _after(cell: Cell, captions: frozenset[str]) -> Cell | None:
    """What follows the caption that a cell begins with, empty where it is all; None where it begins with none."""
    for stop in range(min(4, len(cell.texts)), 0, -1):
        key = compact(" ".join(cell.texts[:stop]))
        closed = stop == len(cell.texts) or cell.texts[stop - 1].endswith(":")
        if (
            key in captions
            and closed
            and not (key in {"to", "from", "client"} and not cell.texts[stop - 1].endswith(":"))
        ):
            return Cell(cell.words[stop:], cell.texts[stop:], cell.box, cell.page)
    return None


def _is_caption(cell: Cell) -> bool:
    return _after(cell, CAPTIONS) is not None


def _is_id(cell: Cell) -> bool:
    return (len(cell.texts) == 1 and bool(re.fullmatch(r"[A-Z]{0,6}[-/]?[\W\d]+\w?", cell.text))) or not SPOKEN.search(
        cell.text
    )


def _lines_under(rows: Sequence[Row], number: int, cell: Cell) -> list[Cell]:
    """Cells under a cell, down to the next caption or a gap."""
    found: list[Cell] = []
    bottom = cell.box
    for row in rows[number + 1 : number + 10]:
        under = [c for c in row.cells if c.page == cell.page and _under(found[-1] if found else cell, c)]
        if not under:
            continue
        if _is_caption(under[0]) or under[0].box.top - bottom.bottom > GAP * under[0].box.height:
            break
        found.append(under[0])
        bottom = under[0].box
    return found


def _under(upper: Cell, lower: Cell) -> bool:
    letter = upper.box.width / max(1, len(upper.text))
    return abs(lower.box.left - upper.box.left) < 3 * letter or (
        min(lower.box.right, upper.box.right) - max(lower.box.left, upper.box.left)
        > 0.5 * min(lower.box.width, upper.box.width)
    )


def _named(rows: Sequence[Row], number: int, lines: Sequence[Cell]) -> list[Cell]:
    """A party's own lines: what a `Name:` says where one stands among them, else the lines that carry no label."""
    for row in rows[number + 1 : number + 6]:
        first = row.cells[0]
        if len(row.cells) > 1 and compact(first.text) in NAMED and first in lines:
            return [row.cells[1], *_lines_under(rows, rows.index(row), row.cells[1])]
    rows_of_cell = {cell: row for row in rows[number : number + 12] for cell in row.cells}
    kept = [c for c in lines if not _labelled(c, rows_of_cell.get(c)) and not GREETING.match(c.text)]
    return kept


def _labelled(cell: Cell, row: Row | None) -> bool:
    """Whether a line is `label: value` rather than a part of a name or address."""
    if LABELLED.search(cell.text):
        return True
    after = [other for other in row.cells if other.box.left > cell.box.right] if row else []
    return bool(after) and after[0].text.lstrip().startswith(":")


def _sender_line(rows: Sequence[Row]) -> Cell | None:
    """The seller in one line, parted by signs, as it stands over an address window or as a letterhead."""
    for row in rows[:40]:
        for cell in row.cells:
            if len(SEPARATOR.findall(cell.text)) >= 2 and POSTAL.search(cell.text) and not LABELLED.search(cell.text):
                return cell
    return None


def _under_sender(rows: Sequence[Row], sender: Cell | None) -> list[Cell]:
    """The address window under the sender's line, if an address with a postal code stands there."""
    number = next((n for n, row in enumerate(rows) if sender in row.cells), None)
    if sender is None or number is None:
        return []
    lines = [c for c in _lines_under(rows, number, sender) if abs(c.box.left - sender.box.left) < WINDOW]
    lines = [c for c in lines if not GREETING.match(c.text)]
    postal = next((n for n, cell in enumerate(lines) if POSTAL.search(cell.text)), 0)
    return lines[: postal + 2] if postal > 0 and not LABELLED.search(lines[0].text) else []


def _over(rows: Sequence[Row], sender: Cell) -> Cell | None:
    """The firm right over a line that has only its address."""
    number = next(n for n, row in enumerate(rows) if sender in row.cells)
    above = [cell for cell in rows[number - 1].cells if goes_on(cell, sender)] if number else []
    return above[0] if above and FIRM.search(above[0].text) and not FIRM.search(sender.text) else None


def _split(cell: Cell, registered: bool, firm: Cell | None) -> list[Span]:
    """Name and address of a sender's line: what stands before the first sign, and the rest; all where a firm has it."""
    if firm:
        return [Span("vendor_name", firm.words), Span("vendor_address", cell.words)]
    signs = [n for n, text in enumerate(cell.texts) if re.fullmatch(r"[-–—●•·|∙*]", text)]
    if not signs:
        return []
    stop = signs[0] - 1 if registered and signs[0] > 1 and FORM.match(cell.texts[signs[0] - 1]) else signs[0]
    return [Span("vendor_name", cell.words[:stop]), Span("vendor_address", cell.words[signs[0] + 1 :])]


def _first(lines: Sequence[Cell]) -> Party | None:
    """The first party of some lines that has a name."""
    return next((one for one in parties_in(lines, CAPTIONS) if one.name), None)


def _mail(rows: Sequence[Row], customers: Sequence[Party]) -> Iterable[Span]:
    """The first mail address that does not stand right below a customer's."""
    for row in rows:
        for cell in row.cells:
            for hit in matches(EMAIL, cell.texts):
                if not any(_below(party.cells[-1], cell) for party in customers):
                    yield Span("vendor_email", cell.words[hit.start : hit.stop])
                    return


def _below(last: Cell, cell: Cell) -> bool:
    near = last.page == cell.page and 0 < cell.box.top - last.box.top < GAP * 1.5 * last.box.height
    return near and abs(cell.box.left - last.box.left) < ASIDE


def _party(party: Party | None, name: str, place: str = "") -> Iterable[Span]:
    if party is None or not party.name:
        return
    first, *more = party.name
    if name:
        yield Span(f"{name}_name", (*_bare(first), *(index for line in more for index in line.words)))
    for line in party.address:
        yield Span(f"{place or name}_address", line.words)


def _bare(cell: Cell) -> tuple[int, ...]:
    """The cell's words without signs that stand alone at its start."""
    start = next((n for n, text in enumerate(cell.texts) if any(map(str.isalnum, text))), 0)
    return cell.words[start:]
