"""Names of firms: without a registration number behind them, the form of the firm as the law spells it."""

import re
from typing import Final

_REGISTERED: Final = re.compile(
    r"(?<=\w) ?\((?:co\.? ?(?:reg\.? ?)?no\.? ?:? ?)?[A-Z]{0,2}\d{4,}[\d\s\-]*[A-Z]{0,2}\)?\.?$", re.I
)
"""A company's registration number behind its name, in brackets: no part of the name."""
_PAIR: Final = re.compile(
    r"(?<= )(?:(?:S[DOB0Q]N|5DN|SD[MH]|SD)([.,]? ?)BHD|SDN([.,]? ?)(?:B[NMK]D|[8DRE]HD|BH[OU0]))(\W*)$", re.I
)
"""`Sdn Bhd` with a letter misread as one that looks alike: the other word tells it."""


def name_text(raw: str) -> str:
    """The name on one line; a letter misread in the form of the firm at its end is mended: `SON. BHD` is `SDN. BHD`."""
    text = _REGISTERED.sub("", re.sub(r"\s+", " ", raw)).strip()
    if pair := _PAIR.search(text):
        form = "SDN{}BHD{}" if pair.group().isupper() else "Sdn{}Bhd{}"
        return text[: pair.start()] + form.format(pair.group(1) or pair.group(2) or "", pair.group(3))
    return text
