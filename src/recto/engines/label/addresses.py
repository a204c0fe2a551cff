"""Lines of an address: which name a street, which a part of a building, which the town that ends it."""

import re
from typing import Final

from recto.engines.label.holders import STATES

ZIP: Final = r"(?:\d{5}(?:-\d{4})?|[A-Z]\d[A-Z]\s?\d[A-Z]\d)"
WAYS: Final = (
    r"street|st|road|rd|avenue|ave?|boulevard|blvd|bd|drive|dr|lane|ln|way|parkway|pkwy|highway|hwy|court|ct|square|sq|place"
    r"|parade|terrace|crescent|quay|close|walk|arcade|rue|quai|chemin|all[ée]e|impasse|cours|route|calle|c/|avda|avenida|plaza"
    r"|paseo|carrer|camino|ronda|calz(?:ada)?|via|viale|piazza|corso|largo|vicolo|v\.le|jalan|jln|jl|lorong|persiaran|lebuh"
    r"|taman|rua|am|im|an der|auf der|zum|zur"
)
STREET: Final = re.compile(
    rf"^\d+[a-z]?(?:[-/]\d+\w?)?,?\s+[^\W\d]|(?:^|\s)(?:{WAYS})(?:[.,\s]|$)"
    r"|\w(?:stra(?:ss|ß)e|str\.|gasse|platz|allee|straat|laan|plein|gracht|gatan|v[äa]gen)(?:\s+\d+|[,.]|$)"
    r"|\w(?:str|weg|ring|damm|ufer|dijk|kade|vej|gade|hof|singel)\.?\s+\d+|[^\W\d]{3},?\s+\d{1,4}\s?[a-z]?(?:[-/]\d+)?$",
    re.IGNORECASE,
)
UNIT: Final = re.compile(
    r"^(?:suite|ste|unit|apt|apartment|floor|\d+(?:st|nd|rd|th) floor|ground floor|level|shop|bldg|building|space|room"
    r"|the arcade|erdgeschoss|\d+\.\s?(?:og|obergeschoss|stock|etage)|hinterhaus|hof|filiale|abteilung|bp|b\.p"
    r"|b[âa]t(?:iment)?|\d+\w* [ée]tage|zi|z\.i|za|zac|centre commercial|cs"
    r"|local|bajo|planta|piso|scala|interno|piano|col|colonia|lot|block"
    r"|blk|g/f|p\.?\s?o\.?\s?box|postfach|postbus|apartado|casella postale|c/o|№)(?:[.\s,]|$)|^#\s?\d",
    re.IGNORECASE,
)
PROVINCES: Final = "AB|BC|MB|NB|NL|NS|ON|PE|QC|SK"
STATE: Final = re.compile(
    rf"[^\W\d]{{2}},\s*(?:{STATES}|{PROVINCES})\.?(?:,?\s+{ZIP})?\.?$|[^\W\d]{{2}}\s+(?:{STATES})\.?,?\s+{ZIP}$"
    rf"|[^\W\d]{{2}}\s+(?:{PROVINCES})(?:,?\s+{ZIP})?$"
)
"""A town with its state, with or without the postal code; without a comma two letters may be a firm's form."""
CODED: Final = re.compile(
    r"\b(?:[A-Z]{1,2}[- ]?)?\d{4,6}(?:-\d{3,4})?\s(?:[-–]\s)?[^\W\d]|\b\d{4}\s?[A-Z]{2}\s[^\W\d]|\bC\.?P\.?\s?\d{5}"
    r"|\b[A-Z]{1,2}\d{1,2}[A-Z]?\s?\d[A-Z]{2}$|\b[A-Z]\d[A-Z]\s?\d[A-Z]\d$|[^\W\d]{2}\W*\s?[(-]?\s?\d{5,6}\)?$"
    r"|\b(?:NSW|VIC|QLD|TAS|ACT|WA|SA|NT)\s+\d{4}$|[^\W\d]{3},?\s+\d{5}(?:-\d{4})?$"
)
"""A postal code beside its town, in the manner of a dozen countries."""
CODE: Final = re.compile(r"^(?:\d{5}(?:-\d{4})?|[A-Z]{1,2}\d{1,2}[A-Z]?\s\d[A-Z]{2}|[A-Z]\d[A-Z]\s?\d[A-Z]\d)$")
"""A postal code alone in its line."""


def is_street(line: str) -> bool:
    """Whether a line names a street, with or without its number."""
    return STREET.search(line) is not None


def is_unit(line: str) -> bool:
    """Whether a line names a part of a building or a box at the post office."""
    return UNIT.search(line) is not None


def is_town(line: str) -> bool:
    """Whether a line ends an address: a town with its postal code or its state, or the code alone."""
    return any(pattern.search(line) for pattern in (STATE, CODED, CODE))


def is_coded(line: str) -> bool:
    """Whether nothing of the address but a country can follow a line: it has the postal code."""
    return any(map(str.isdigit, line)) and (CODED.search(line) or CODE.search(line) or STATE.search(line)) is not None


def is_place(line: str) -> bool:
    """Whether a line is of an address rather than a name."""
    return is_town(line) or is_unit(line) or is_street(line)
