"""Invoices that carry their own truth: UN/CEFACT CII (Factur-X, ZUGFeRD 1 and 2, XRechnung) and UBL 2.1, from XML.

Both syntaxes are read by the terms of EN 16931. An XML with a document type or an entity is refused before anything in
it is expanded, so that it cannot grow or reach outside; so is one that is larger or deeper than an invoice ever is.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Final, Literal, NoReturn
from xml.parsers import expat

from recto.document.errors import Damaged, TooLarge, UnsupportedMedia

MOST_BYTES: Final = 20 * 1024 * 1024
DEEPEST: Final = 64
NAMES: Final = frozenset(
    {"factur-x.xml", "zugferd-invoice.xml", "xrechnung.xml", "cii.xml", "ubl.xml", "order-x.xml", "en16931.xml"}
)
"""What the file is called inside a PDF, in small letters."""


@dataclass(frozen=True, slots=True)
class Party:
    """Seller or buyer. `address` holds its lines, postal code with city as one of them."""

    name: str | None = None
    address: tuple[str, ...] = ()
    country: str | None = None
    tax_id: str | None = None
    id: str | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One line. `unit` is a code of UN/ECE Recommendation 20 (`C62` for one piece)."""

    description: str | None = None
    product_code: str | None = None
    quantity: Decimal | None = None
    unit: str | None = None
    unit_price: Decimal | None = None
    tax_rate: Decimal | None = None
    amount: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Tax:
    """Tax of one rate, in per cent."""

    rate: Decimal | None
    basis: Decimal | None
    amount: Decimal | None


@dataclass(frozen=True, slots=True)
class EInvoice:
    """What an invoice's XML states. Money in `currency`; what it does not state is None."""

    syntax: Literal["cii", "ubl"]
    number: str | None = None
    type_code: str | None = None
    issued: date | None = None
    due: date | None = None
    delivered: date | None = None
    currency: str | None = None
    order: str | None = None
    terms: str | None = None
    seller: Party = Party()
    buyer: Party = Party()
    lines: tuple[Line, ...] = ()
    taxes: tuple[Tax, ...] = ()
    net: Decimal | None = None
    tax: Decimal | None = None
    gross: Decimal | None = None
    allowances: Decimal | None = None
    prepaid: Decimal | None = None
    rounding: Decimal | None = None
    payable: Decimal | None = None
    iban: str | None = None
    bic: str | None = None


@dataclass(slots=True)
class Node:
    """An element without its namespace."""

    name: str
    attributes: Mapping[str, str] = field(default_factory=dict)
    children: list["Node"] = field(default_factory=list)
    text: str = ""

    def all(self, path: str) -> Iterator["Node"]:
        """The elements at a path such as `A/B|C/D`; `|` parts names that mean the same in two versions."""
        head, _, rest = path.partition("/")
        names = head.split("|")
        for child in self.children:
            if child.name in names:
                if rest:
                    yield from child.all(rest)
                else:
                    yield child

    def first(self, path: str) -> "Node":
        """The first element there, or an empty one."""
        return next(self.all(path), Node(""))

    def said(self, path: str) -> str | None:
        """The text of the first element there that has one."""
        return next((node.text.strip() for node in self.all(path) if node.text.strip()), None)

    def money(self, path: str) -> Decimal | None:
        """The number there. Raises Damaged where it is none."""
        return _number(self.said(path))


def parse(xml: bytes) -> EInvoice:
    """The invoice in an XML.

    Raises Damaged where it is not well formed or has entities, TooLarge where it is larger than an invoice is, and
    UnsupportedMedia where it is no invoice that is known.
    """
    root = tree(xml)
    reader = READERS.get(root.name)
    if reader is None:
        raise UnsupportedMedia(f"An XML of the type {root.name!r} is no invoice that is known.")
    return reader(root)


def is_einvoice(data: bytes) -> bool:
    """Whether an XML says of itself that it is an invoice; whether it is a sound one shows when it is parsed."""
    return b"CrossIndustry" in data or b"specification:ubl:schema:xsd:" in data


def tree(xml: bytes) -> Node:
    """The elements of an XML, entities and document types refused. Raises Damaged or TooLarge."""
    if len(xml) > MOST_BYTES:
        raise TooLarge(f"The XML has {len(xml)} bytes; {MOST_BYTES} is the most.")
    top = Node("")
    stack = [top]

    def start(name: str, attributes: dict[str, str]) -> None:
        if len(stack) > DEEPEST:
            raise Damaged(f"The XML is more than {DEEPEST} elements deep.")
        node = Node(_local(name), {_local(key): value for key, value in attributes.items()})
        stack[-1].children.append(node)
        stack.append(node)

    def text(data: str) -> None:
        stack[-1].text += data

    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartElementHandler = start
    parser.EndElementHandler = lambda name: stack.pop()
    parser.CharacterDataHandler = text
    parser.StartDoctypeDeclHandler = _refuse
    parser.EntityDeclHandler = _refuse
    parser.ExternalEntityRefHandler = _refuse
    try:
        parser.Parse(xml, True)
    except (expat.ExpatError, LookupError, ValueError) as error:
        raise Damaged(f"The XML is not well formed: {error}") from error
    return top.children[0]


def _refuse(*_: object) -> NoReturn:
    raise Damaged("The XML declares a document type or an entity, which an invoice has no need of.")


def _local(name: str) -> str:
    return name.rpartition(" ")[2]


def _number(text: str | None) -> Decimal | None:
    try:
        return None if text is None else Decimal(text.strip())
    except InvalidOperation as error:
        raise Damaged(f"{text!r} stands where the XML has an amount.") from error


def _day(text: str | None) -> date | None:
    """A date as `20240131` (CII, format 102) or `2024-01-31` (UBL)."""
    digits = "".join(letter for letter in text or "" if letter.isdigit())[:8]
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:8])) if len(digits) == 8 else None
    except ValueError as error:
        raise Damaged(f"{text!r} stands where the XML has a date.") from error


def _cii(root: Node) -> EInvoice:
    """Cross Industry Invoice; the names of ZUGFeRD 1 beside those of the later versions."""
    head = root.first("ExchangedDocument|HeaderExchangedDocument")
    trade = root.first("SupplyChainTradeTransaction|SpecifiedSupplyChainTradeTransaction")
    agreed = trade.first("ApplicableHeaderTradeAgreement|ApplicableSupplyChainTradeAgreement")
    moved = trade.first("ApplicableHeaderTradeDelivery|ApplicableSupplyChainTradeDelivery")
    settled = trade.first("ApplicableHeaderTradeSettlement|ApplicableSupplyChainTradeSettlement")
    sums = settled.first("SpecifiedTradeSettlementHeaderMonetarySummation|SpecifiedTradeSettlementMonetarySummation")
    currency = settled.said("InvoiceCurrencyCode")
    means = settled.first("SpecifiedTradeSettlementPaymentMeans")
    return EInvoice(
        syntax="cii",
        number=head.said("ID"),
        type_code=head.said("TypeCode"),
        issued=_day(head.said("IssueDateTime/DateTimeString")),
        due=_day(settled.said("SpecifiedTradePaymentTerms/DueDateDateTime/DateTimeString")),
        delivered=_day(moved.said("ActualDeliverySupplyChainEvent/OccurrenceDateTime/DateTimeString")),
        currency=currency,
        order=agreed.said("BuyerOrderReferencedDocument/IssuerAssignedID|ID"),
        terms=settled.said("SpecifiedTradePaymentTerms/Description"),
        seller=_cii_party(agreed.first("SellerTradeParty")),
        buyer=_cii_party(agreed.first("BuyerTradeParty")),
        lines=tuple(_cii_lines(trade)),
        taxes=tuple(
            Tax(_cii_rate(tax), tax.money("BasisAmount"), tax.money("CalculatedAmount"))
            for tax in settled.all("ApplicableTradeTax")
        ),
        net=sums.money("TaxBasisTotalAmount"),
        tax=_in_currency(sums, "TaxTotalAmount", currency),
        gross=sums.money("GrandTotalAmount"),
        allowances=sums.money("AllowanceTotalAmount"),
        prepaid=sums.money("TotalPrepaidAmount"),
        rounding=sums.money("RoundingAmount"),
        payable=sums.money("DuePayableAmount"),
        iban=means.said("PayeePartyCreditorFinancialAccount/IBANID"),
        bic=means.said("PayeeSpecifiedCreditorFinancialInstitution/BICID"),
    )


def _in_currency(node: Node, path: str, currency: str | None) -> Decimal | None:
    """The amount in the invoice's currency, where one in the books' currency stands beside it."""
    own = [one for one in node.all(path) if one.attributes.get("currencyID") in (None, currency)]
    return _number(own[0].text) if own else node.money(path)


def _cii_rate(tax: Node) -> Decimal | None:
    return tax.money("RateApplicablePercent|ApplicablePercent")


def _cii_party(node: Node) -> Party:
    place = node.first("PostalTradeAddress")
    taxes = {one.attributes.get("schemeID"): one.text.strip() for one in node.all("SpecifiedTaxRegistration/ID")}
    town = " ".join(filter(None, (place.said("PostcodeCode"), place.said("CityName"))))
    lines = (place.said("LineOne"), place.said("LineTwo"), place.said("LineThree"), town)
    tax_id = taxes.get("VA") or next(iter(taxes.values()), None)
    address = tuple(line for line in lines if line)
    return Party(node.said("Name"), address, place.said("CountryID"), tax_id, node.said("ID"))


def _cii_lines(trade: Node) -> Iterator[Line]:
    for one in trade.all("IncludedSupplyChainTradeLineItem"):
        price = one.first("SpecifiedLineTradeAgreement|SpecifiedSupplyChainTradeAgreement/NetPriceProductTradePrice")
        settled = one.first("SpecifiedLineTradeSettlement|SpecifiedSupplyChainTradeSettlement")
        sums = settled.first("SpecifiedTradeSettlementLineMonetarySummation|SpecifiedTradeSettlementMonetarySummation")
        count = one.first("SpecifiedLineTradeDelivery|SpecifiedSupplyChainTradeDelivery/BilledQuantity")
        goods = one.first("SpecifiedTradeProduct")
        yield Line(
            description=goods.said("Name"),
            product_code=goods.said("SellerAssignedID"),
            quantity=_number(count.text.strip() or None),
            unit=count.attributes.get("unitCode"),
            unit_price=_each(price.money("ChargeAmount"), price.money("BasisQuantity")),
            tax_rate=_cii_rate(settled.first("ApplicableTradeTax")),
            amount=sums.money("LineTotalAmount"),
        )


def _each(price: Decimal | None, per: Decimal | None) -> Decimal | None:
    """The price of one, where it is stated for several."""
    return price / per if price is not None and per else price


def _ubl(root: Node) -> EInvoice:
    """UBL Invoice or CreditNote."""
    sums, tax = root.first("LegalMonetaryTotal"), root.first("TaxTotal")
    currency = root.said("DocumentCurrencyCode")
    means = root.first("PaymentMeans")
    return EInvoice(
        syntax="ubl",
        number=root.said("ID"),
        type_code=root.said("InvoiceTypeCode|CreditNoteTypeCode"),
        issued=_day(root.said("IssueDate")),
        due=_day(root.said("DueDate") or means.said("PaymentDueDate")),
        delivered=_day(root.said("Delivery/ActualDeliveryDate")),
        currency=currency,
        order=root.said("OrderReference/ID"),
        terms=root.said("PaymentTerms/Note"),
        seller=_ubl_party(root.first("AccountingSupplierParty/Party")),
        buyer=_ubl_party(root.first("AccountingCustomerParty/Party")),
        lines=tuple(_ubl_lines(root)),
        taxes=tuple(
            Tax(one.money("TaxCategory/Percent"), one.money("TaxableAmount"), one.money("TaxAmount"))
            for one in tax.all("TaxSubtotal")
        ),
        net=sums.money("TaxExclusiveAmount"),
        tax=_in_currency(root, "TaxTotal/TaxAmount", currency),
        gross=sums.money("TaxInclusiveAmount"),
        allowances=sums.money("AllowanceTotalAmount"),
        prepaid=sums.money("PrepaidAmount"),
        rounding=sums.money("PayableRoundingAmount"),
        payable=sums.money("PayableAmount"),
        iban=means.said("PayeeFinancialAccount/ID"),
        bic=means.said("PayeeFinancialAccount/FinancialInstitutionBranch/ID"),
    )


def _ubl_party(node: Node) -> Party:
    place = node.first("PostalAddress")
    town = " ".join(filter(None, (place.said("PostalZone"), place.said("CityName"))))
    lines = (place.said("StreetName"), place.said("AdditionalStreetName"), place.said("AddressLine/Line"), town)
    return Party(
        name=node.said("PartyLegalEntity/RegistrationName") or node.said("PartyName/Name"),
        address=tuple(line for line in lines if line),
        country=place.said("Country/IdentificationCode"),
        tax_id=node.said("PartyTaxScheme/CompanyID"),
        id=node.said("PartyIdentification/ID"),
    )


def _ubl_lines(root: Node) -> Iterator[Line]:
    for one in root.all("InvoiceLine|CreditNoteLine"):
        count = one.first("InvoicedQuantity|CreditedQuantity")
        price = one.first("Price")
        yield Line(
            description=one.said("Item/Name"),
            product_code=one.said("Item/SellersItemIdentification/ID"),
            quantity=_number(count.text.strip() or None),
            unit=count.attributes.get("unitCode"),
            unit_price=_each(price.money("PriceAmount"), price.money("BaseQuantity")),
            tax_rate=one.money("Item/ClassifiedTaxCategory/Percent"),
            amount=one.money("LineExtensionAmount"),
        )


READERS: Final[Mapping[str, Callable[[Node], EInvoice]]] = {
    "CrossIndustryInvoice": _cii,
    "CrossIndustryDocument": _cii,
    "Invoice": _ubl,
    "CreditNote": _ubl,
}
