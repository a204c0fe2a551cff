"""Make a kind of one's own known, and turn what an engine states of a page into checked, grounded fields.

Run it from the repository's root: `python examples/own_kind/read_timesheet.py`.
"""

from pathlib import Path

from recto.document.box import Box
from recto.document.page import Word
from recto.document.reading import Field
from recto.schemas.checks import check
from recto.schemas.decision import decide
from recto.schemas.grounding import stated
from recto.schemas.models import add_named
from recto.schemas.values import canonical

LINES = """
TIME SHEET
Employee: Ada Fields
Week ending 2024-03-08
Mon bridge 8.0
Tue tunnel 7.5
Total hours 15.5
Rate 20.00
Total pay 310.00
"""
ANSWER = {
    "employee_name": "Ada Fields",
    "week_end": "2024-03-08",
    "total_hours": "15.5",
    "hourly_rate": "20.00",
    "total_pay": "310.00",
    "days": [{"project": "bridge", "hours": "8"}, {"project": "tunnel", "hours": "7.5"}],
}


def page() -> tuple[Word, ...]:
    """The lines as words on a page, as OCR would give them."""
    words = []
    for number, line in enumerate(LINES.strip().splitlines()):
        for place, text in enumerate(line.split()):
            left, top = 0.1 + 0.15 * place, 0.1 + 0.05 * number
            words.append(Word(text, Box(left, top, left + 0.01 * len(text), top + 0.03), line=number))
    return tuple(words)


def main() -> None:
    kind = add_named(str(Path(__file__).parent / "timesheet.toml")).kind
    words = page()
    fields = stated(kind, ANSWER, words)
    checks = check(kind, fields, words)
    for field in fields:
        if isinstance(field, Field):
            print(f"{field.name}: {canonical(field.value)} ({field.grounding})")
    for one in checks:
        print(f"{one.outcome}: {one.name}")
    print(decide(kind, fields, checks).outcome)


if __name__ == "__main__":
    main()
