"""Which receipts come from one merchant: names that differ only by branch, legal form or typing are one."""

import re
from collections.abc import Mapping

from rapidfuzz import fuzz

_FORM = re.compile(
    r"\([^)]*\)|\b(SDN|BHD|BND|S/B|SB|PLT|ENTERPRISE|ENTERPRISES|TRADING|RESTAURANT|RESTAURANTS|RESTORAN|CO|LTD|M)\b"
    r"|[^A-Z0-9 ]"
)
"""Legal forms, branches in brackets and punctuation say nothing of who the merchant is."""

_SAME = 84.0
"""From this rapidfuzz ratio on two names are one merchant's."""


def merchant_groups(names: Mapping[str, str]) -> dict[str, str]:
    """The group of each document by its merchant's printed name; the group is the first such name, simplified."""
    heads: list[str] = []
    groups = {}
    for document, name in sorted(names.items()):
        plain = simple(name)
        head = next((known for known in heads if _alike(known, plain)), None)
        if head is None:
            heads.append(plain)
            head = plain
        groups[document] = head
    return groups


def simple(name: str) -> str:
    """The name in capitals without legal form, branch and punctuation."""
    short = " ".join(_FORM.sub(" ", name.upper()).split())
    return short or " ".join(name.upper().split())


def _alike(one: str, other: str) -> bool:
    if min(len(one), len(other)) >= 6 and (one.startswith(other) or other.startswith(one)):
        return True
    return fuzz.ratio(one, other) >= _SAME
