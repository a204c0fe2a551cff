"""A reading as a person likes to see it in a terminal."""

from rich.console import Console, Group, RenderableType
from rich.panel import Panel
from rich.table import Table as Grid
from rich.text import Text

from recto.document.reading import Check, Field, Reading, Table
from recto.pipeline import pages_of
from recto.schemas.masking import masked
from recto.schemas.values import canonical

MARKS = {"pass": ("✓", "green"), "fail": ("✗", "red"), "not_testable": ("–", "dim")}


def show(reading: Reading, reveal: bool) -> None:
    """Print it: fields, rows, checks and the decision, or what went wrong."""
    Console().print(panel(reading if reveal else masked(reading)))


def panel(reading: Reading) -> Panel:
    name = reading.document.name
    if reading.errors and reading.kind is None:
        lines = [Text(f"{fault.title} {fault.detail} [{fault.code}]", style="red") for fault in reading.errors]
        return Panel(Group(*lines), title=name, title_align="left", border_style="red")
    parts: list[RenderableType] = [fields(reading)]
    parts += [rows(item) for item in reading.fields if isinstance(item, Table) and item.rows]
    parts += [check_line(check) for check in reading.checks if check.outcome != "not_testable"]
    parts += [Text(f"page {fault.page}: {fault.title} [{fault.code}]", style="red") for fault in reading.errors]
    parts += decision_lines(reading)
    return Panel(Group(*parts), title=f"{name} · {heading(reading)}", title_align="left")


def heading(reading: Reading) -> str:
    if reading.kind is None:
        return "unknown"
    pages = "" if len(reading.pages) == reading.document.pages else f" · {pages_of(reading)}"
    return f"{reading.kind.kind} {share(reading.kind.confidence)}".strip() + pages


def share(confidence: float | None) -> str:
    """A confidence as people read it; nothing where none was measured."""
    return "" if confidence is None else f"{confidence:.0%}"


def fields(reading: Reading) -> Grid:
    grid = Grid(box=None, pad_edge=False, header_style="dim")
    for column in ("field", "value", "as printed", "page", "confidence"):
        grid.add_column(column, overflow="fold")
    for field in reading.fields:
        if isinstance(field, Field):
            grid.add_row(
                field.name, Text(shown(field), style="bold"), field.raw, str(field.page or ""), share(field.confidence)
            )
    return grid


def shown(field: Field) -> str:
    value = canonical(field.value)
    text = f"{value} {field.currency}" if field.currency and value else (value or "")
    doubt = {"grounded": "", "ambiguous": " (ambiguous)", "not_found": " (not found on the page)"}[field.grounding]
    return text + doubt


def rows(table: Table) -> Grid:
    grid = Grid(title=f"{table.name}: {len(table.rows)} rows", title_justify="left", header_style="dim")
    columns = list(dict.fromkeys(name for row in table.rows for name in row.cells))
    for column in columns:
        grid.add_column(column, overflow="fold")
    for row in table.rows:
        grid.add_row(*(shown(row.cells[name]) if name in row.cells else "" for name in columns))
    return grid


def check_line(check: Check) -> Text:
    mark, style = MARKS[check.outcome]
    return Text(f"{mark} {check.name}: {check.detail or ', '.join(check.inputs)}", style=style)


def decision_lines(reading: Reading) -> list[RenderableType]:
    if reading.decision is None:
        return []
    straight = reading.decision.outcome == "straight_through"
    lines = [Text("straight through" if straight else "for review", style="bold green" if straight else "bold yellow")]
    reasons = [*reading.decision.reasons, *(f"not vouched for: {told}" for told in reading.decision.withheld)]
    return [*lines, *(Text(f"  {reason}", style="dim") for reason in reasons)]
