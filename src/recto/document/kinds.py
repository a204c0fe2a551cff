"""The thirteen kinds of document, and the receipt label set."""

from typing import Final

KINDS: Final = (
    "W2",
    "1099-INT",
    "1099-DIV",
    "1099-MISC",
    "1099-NEC",
    "1099-R",
    "1098",
    "bank_statement",
    "credit_card_statement",
    "invoice",
    "receipt",
    "check",
    "other",
)

RECEIPT_LABELS: Final = (
    "MERCHANT_NAME",
    "STORE_HOURS",
    "PHONE_NUMBER",
    "WEBSITE",
    "LOYALTY_ID",
    "ADDRESS_LINE",
    "DATE",
    "TIME",
    "PAYMENT_METHOD",
    "COUPON",
    "DISCOUNT",
    "PRODUCT_NAME",
    "QUANTITY",
    "UNIT_PRICE",
    "LINE_TOTAL",
    "SUBTOTAL",
    "TAX",
    "TIP",
    "GRAND_TOTAL",
    "CHANGE",
    "CASH_BACK",
    "REFUND",
)
