"""What is printed on each kind of document: phrases in plain letters, without accents, each with what it tells."""

import re
from typing import Final

Phrases = tuple[tuple[re.Pattern[str], float], ...]

_RAW: Final[dict[str, tuple[tuple[str, float], ...]]] = {
    "W2": (
        (r"wage and tax statement", 5.0),
        (r"medicare wages and tips", 2.0),
        (r"wages, ?tips, ?other comp", 2.0),
        (r"social security wages", 1.0),
        (r"employer'?s? state id", 1.0),
        (r"employee'?s (?:social security number|ssn|ssa)", 1.0),
    ),
    "1099-INT": (
        (r"early withdrawal penalty", 2.0),
        (r"interest on u\.?s\.? savings bonds", 2.5),
        (r"interest income", 1.5),
    ),
    "1099-DIV": (
        (r"dividends and distributions", 4.0),
        (r"total ordinary dividends", 2.5),
        (r"qualified dividends", 1.0),
        (r"total capital gain distr", 1.5),
    ),
    "1099-MISC": (
        (r"miscellaneous in(?:formation|come)", 4.0),
        (r"fishing boat proceeds", 2.0),
        (r"crop insurance proceeds", 2.0),
        (r"medical and health care payments", 2.0),
    ),
    "1099-NEC": ((r"nonemployee compensation", 4.0), (r"payer made direct sales totaling", 1.0)),
    "1099-R": (
        (r"distributions? from pensions", 5.0),
        (r"gross distribution", 2.5),
        (r"taxable amount not determined", 2.0),
        (r"ira ?/ ?sep ?/ ?simple", 2.0),
    ),
    "1098": (
        (r"mortgage interest statement", 5.0),
        (r"mortgage interest received from", 3.0),
        (r"outstanding mortgage principal", 1.5),
        (r"mortgage origination date", 1.5),
    ),
    "bank_statement": (
        (r"bank statement|statement of account|account statement", 2.5),
        (r"(?:beginning|opening|starting) balance", 1.6),
        (r"(?:ending|closing) balance", 1.6),
        (r"balance (?:brought|carried) forward|balance forward", 1.0),
        (r"deposits? (?:and|&) (?:other )?(?:credits|additions)", 1.6),
        (r"withdrawals? (?:and|&) (?:other )?(?:debits|subtractions)", 1.6),
        (r"withdrawals?", 0.9),
        (r"deposits?", 0.6),
        (r"(?:checking|savings|current) (?:account|summary)", 1.4),
        (r"checks paid|electronic (?:withdrawals|payments)|service fees?|atm\b", 0.8),
        (r"statement (?:period|date|ending)", 0.9),
        (r"average (?:daily|ledger) balance|daily (?:ending )?balance|running balance", 1.0),
        (r"transaction (?:history|detail)s?|account (?:activity|summary)", 0.9),
        (r"account (?:number|no)", 0.3),
        (r"\bfdic\b", 0.6),
        (r"kontoauszug|releve de compte|extracto de cuenta", 3.0),
    ),
    "credit_card_statement": (
        (r"minimum payment(?: due)?", 2.0),
        (r"payment due date", 0.9),
        (r"credit (?:limit|line)|available credit|cash advance limit", 1.8),
        (r"late payment warning|minimum payment warning", 2.5),
        (r"interest charge(?:s|d)?(?: calculation)?", 1.2),
        (r"annual percentage rate|\bapr\b", 1.3),
        (r"cash advances?|balance transfers?", 1.2),
        (r"credit card (?:statement|account)", 2.0),
        (r"(?:new|previous) balance", 0.9),
        (r"payments and (?:other )?credits|purchases", 0.6),
        (r"card ending in|account ending in|rewards", 0.6),
    ),
    "invoice": (
        (r"\binvoice\b", 2.0),
        (r"\btax invoice\b", -0.9),
        (r"invoice (?:number|no|nr|#|date|id|to)|inv (?:no|#)", 1.4),
        (r"bill(?:ed)? to|sold to|ship to|remit to|remittance", 1.6),
        (r"line total|thank you for your business", 0.9),
        (r"(?:amount|balance|total) due|due date|payment (?:terms|due)|net \d\d days|terms", 0.7),
        (r"purchase order|p\.?o\.? (?:number|no|#)|our reference|your reference", 0.7),
        (r"unit price|line total|qty|quantity", 0.4),
        (r"(?<!beispiel-)\b\w*rechnung\b(?! ?szeitraum)|rechnungs-?\s?(?:nummer|nr|datum|betrag|summe)", 2.5),
        (
            r"gutschrift|korrekturrechnung|zahlungsbedingungen|zahlbar|kundennummer|ust-?id|leistungszeitraum",
            1.0,
        ),
        (r"\bfacture\b|n° de facture|date de facture|avoir\b", 2.5),
        (r"montant (?:ht|ttc)|total (?:ht|ttc)|tva intracom|echeance|siret", 0.9),
        (
            r"\bfactura\b|\bfattura\b|\bfactuur\b|factuurnummer|partita iva|btw-?nummer|nº de factura",
            2.5,
        ),
        (r"credit note|proforma", 1.5),
        (r"\biban\b|\bbic\b|\bswift\b", 0.5),
        (r"請求書|发票|發票", 2.5),
    ),
    "receipt": (
        (r"\breceipt\b|\bresit\b|\brecu\b|\brecibo\b|\bquittung\b|\bscontrino\b", 1.8),
        (r"grand ?total|total", 0.5),
        (r"小計|合計|お釣|消費税", 1.8),
        (r"\bcash(?:ier)?\b", 1.0),
        (r"\bchange\b", 1.0),
        (r"thank ?you(?! for your business)|please ?come ?again|have ?a ?(?:nice|great) ?day", 0.8),
        (r"merci de votre visite|vielen dank fur ihren (?:einkauf|besuch)", 1.2),
        (r"tax invoice", 0.9),
        (r"sub ?-?total", 0.3),
        (r"rounding|round(?:ed)? (?:adj|total)", 1.0),
        (r"\b(?:visa|mastercard|amex|debit|tendered|auth(?:orization)? code|approval)\b", 0.7),
        (r"\btip\b|gratuity|server|table|guests?\b", 0.7),
        (r"goods sold|not (?:refundable|returnable|exchangeable)|exchange", 0.9),
        (r"gst (?:id|reg|summary|no)|\bgst\b", 0.5),
        (r"kassenbon|\bkasse\b|\bbon\b|ticket de caisse|\bbar\b|領収書|レシート", 1.0),
        (r"cash bill|salesperson|served by|\bpos\b|terminal|register", 0.7),
        (r"trans(?:action)? ?(?:#|no|id)|store ?#|order ?#|check ?#|chk ?#?\d|dine ?in|take ?out|togo", 0.7),
        (r"invoice to|bill(?:ed)? to|ship to|sold to|due date|payment terms|remit|purchase order", -1.2),
    ),
    "check": (
        (r"pay to the|to the order of|order of", 3.0),
        (r"\bdollars\b", 1.3),
        (r"\b\d\d ?/ ?100\b", 1.8),
        (r"this check is void|check no\.?", 1.0),
        (r"\bmemo\b", 1.0),
        (r"void after|authorized signature|mp\b", 0.7),
        (r"payez contre ce cheque|cheque", 1.5),
    ),
    "other": (
        (r"request for taxpayer identification", 6.0),
        (r"certificate of foreign status|beneficial owner", 6.0),
        (r"individual income tax return|schedule [a-e]\b|earned income credit", 5.0),
        (
            r"pay ?(?:stub|slip)|earnings statement|net pay|gross pay|ytd|bulletin de (?:paie|salaire)|lohnabrechnung",
            3.0,
        ),
        (r"student loan interest|tuition statement", 6.0),
        (r"residential loan application|closing disclosure|transmittal summary|uniform underwriting", 6.0),
        (r"mortgage statement|escrow|past payments breakdown|loan balance", 3.0),
        (r"kilowatt|\bkwh\b", 1.2),
        (r"meter reading|electric service|utility bill|consommation|votre consommation|energy charge", 2.8),
        (r"statement of remuneration paid|notice of assessment|income tax and benefit", 6.0),
        (r"cancellation of debt|proceeds from broker|changes in corporate control|acquisition or abandonment", 5.0),
        (r"patient|diagnosis|discharge|medication|physician", 2.0),
        (r"homeowners? association|\bhoa\b|assessment", 2.0),
        (r"valid thru|good thru|month/year", 2.0),
        (r"checklist|questionnaire|drill(?:ing)? report", 2.0),
    ),
}
PHRASES: Final[dict[str, Phrases]] = {
    kind: tuple((re.compile(pattern), weight) for pattern, weight in phrases) for kind, phrases in _RAW.items()
}

NUMBERED: Final = tuple(
    (re.compile(pattern), kind)
    for pattern, kind in (
        (r"\bw-? ?2\b(?! ?g)", "W2"),
        (r"\b1099 ?-? ?int\b", "1099-INT"),
        (r"\b1099 ?-? ?div\b", "1099-DIV"),
        (r"\b1099 ?-? ?misc\b", "1099-MISC"),
        (r"\b1099 ?-? ?nec\b", "1099-NEC"),
        (r"\b1099 ?-? ?r\b", "1099-R"),
        (r"\bform 1098\b(?! ?-? ?[cetfqm]\b)", "1098"),
        (r"\b1098 ?-? ?[cetfqm]\b|\b1099 ?-? ?(?:a|b|c|cap|g|h|k|ltc|ls|oid|patr|q|qa|s|sa|sb)\b", "other"),
        (r"\bform w-? ?(?:9|8|4)\w*\b|\bw-?8 ?ben|\bform 1040|\bform 1003\b|\bform 1008\b|\bt4\b", "other"),
    )
)
"""Forms by their printed number; a form of another number is `other`."""
