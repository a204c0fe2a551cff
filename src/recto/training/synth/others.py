"""Documents of no kind of ours: other tax forms, payslips, bills, letters, contracts, articles, cards, and the like."""

from recto.schemas.catalog import labels_of
from recto.training.synth.chance import Chance, Look
from recto.training.synth.form_sheet import Form, Place, box_list
from recto.training.synth.formats import MoneyFormat
from recto.training.synth.lexicon import drawn, entries, filled, table
from recto.training.synth.office import LETTER, Column, office
from recto.training.synth.paper import Paper, amount_of, date_of, value_of
from recto.training.synth.parties import company, person
from recto.training.synth.sheet import Part, Sheet, wrapped
from recto.training.synth.synthetic import Draft
from recto.training.synth.tax_forms import layout
from recto.training.synth.tax_values import filing

_CARD = (340.0, 214.0)


def other(look: Look, chance: Chance, rows: int | None = None, wrong: str | None = None) -> Draft:
    """One document of a type that has no schema; a fifth of the templates are other tax forms."""
    forms = [name for name, entry in table("forms").items() if entry.get("other")]
    if look.maybe("tax form", 0.2):
        return _tax_form(look.pick("form", forms), look, chance)
    weights = {name: float(entry["odd"]) for name, entry in table("others").items()}
    words = table("others")[look.weighted("type", weights)]
    page = office(look, chance, _CARD if words.get("small") else LETTER)
    if words.get("small"):
        page.left, page.right, page.bottom = 14.0, _CARD[0] - 14, _CARD[1] - 12
        page.sheet.y = 20
    money = MoneyFormat(
        *((",", " ") if words.get("language") in ("fr", "de") else (".", ",")),
        symbol=look.pick("symbol", ("", "$", "")),
    )
    paper = Paper(page, words, chance, company(chance), person(chance), money)
    _print(paper, rows)
    return Draft("other", look.group, page.sheet, paper.fields, labels_of("other"))


def _tax_form(name: str, look: Look, chance: Chance) -> Draft:
    boxes = box_list(name, look)
    filed = filing("other", boxes, look, chance, None)
    sheet = Sheet(*LETTER)
    layout(Form(name, sheet, look, chance, filed, frozenset(), Place(36, 60, 540, 300)), boxes)
    return Draft("other", look.group, sheet, {}, labels_of("other"))


def _print(paper: Paper, rows: int | None) -> None:
    """The blocks of a page in the template's order, repeated on further pages at times."""
    blocks = {"captions": _captions, "lines": _lines, "columns": _table, "prose": _prose, "checks": _checks}
    order = sorted((key for key in blocks if key in paper.words), key=lambda key: paper.look.share(f"order {key}"))
    if paper.words.get("dense"):
        order = ["prose", "prose", *order]
    if "captions" in order and paper.look.maybe("captions first", 0.7):
        order.remove("captions")
        order.insert(0, "captions")
    _head(paper)
    for key in order:
        if paper.look.maybe(f"{key} shown", 0.85):
            _section(paper)
            blocks[key](paper) if key != "columns" else _table(paper, rows)
    _foot(paper)


def _head(paper: Paper) -> None:
    """An organisation, a form's name, a title, a date, an address."""
    page, look, chance = paper.page, paper.look, paper.chance
    if paper.words.get("org") or look.maybe("org", 0.15):
        page.text(paper.issuer.name, font=page.font.bold().sized(look.pick("org size", (1.0, 1.3, 1.7))))
        for line in (paper.issuer.street, paper.issuer.city):
            page.text(line)
    if "form" in paper.words:
        page.text(filled(look.pick("form name", entries(paper.words["form"])), chance) or " ")
    title = filled(look.pick("title", entries(paper.words["titles"])), chance)
    if title:
        _title(paper, title)
    if look.maybe("date in head", 0.4):
        page.text(
            Part(date_of(paper), "dates.date"),
            page.right if look.maybe("date right", 0.5) else None,
            "right" if look.maybe("date right", 0.5) else "left",
        )
    if not paper.words.get("small") and look.maybe("addressee", 0.4):
        page.down()
        for line in (paper.holder.name, paper.holder.street, paper.holder.city):
            page.text(line)
    page.down(look.between("after head", 0.3, 1.5))


def _title(paper: Paper, title: str) -> None:
    page, look = paper.page, paper.look
    font = page.font.bold().sized(look.pick("title size", (1.1, 1.4, 1.8, 2.4)))
    paper.fields["title"] = title
    middle = look.maybe("title centered", 0.4)
    page.sheet.y += font.size * 0.5
    for number, line in enumerate(wrapped(title, font, page.right - page.left)):
        page.sheet.y += font.size * 1.15
        x = (page.left + page.right) / 2 if middle else page.left
        page.sheet.put(x, page.sheet.y, Part(line, "title", number > 0), font, "center" if middle else "left")


def _section(paper: Paper) -> None:
    """The heading of a block."""
    if "sections" in paper.words and paper.look.maybe("sections", 0.7):
        paper.page.down(0.6)
        text = paper.chance.pick(entries(paper.words["sections"]))
        paper.page.room(3)
        if paper.look.maybe("section bars", 0.35):
            y = paper.page.sheet.y + 1.2 * paper.page.pitch
            paper.page.sheet.fill(paper.page.left, y - paper.page.pitch, paper.page.right, y + 3)
        paper.page.text(text, font=paper.page.font.bold())


def _captions(paper: Paper) -> None:
    """Captions with values: beside each other, below each other, or in boxes with the value underneath."""
    page, look = paper.page, paper.look
    shown = paper.some("captions", look.pick("how many captions", (4, 6, 9, 14)))
    manner = look.pick("captions", ("colon", "column", "boxes", "two columns"))
    blank = look.maybe("blank", 0.15)
    pairs: list[dict[str, str]] = []
    for number, caption in enumerate(shown):
        value = "" if blank else value_of(paper, caption)
        page.room(3)
        if manner == "two columns" and number % 2 and len(caption) < 40:
            page.sheet.y -= page.pitch
        x = page.left + (page.right - page.left) * (0.5 if manner == "two columns" and number % 2 else 0)
        _pair(paper, caption, value, x, manner)
        if value:
            pairs.append({"key": caption, "value": value})
    paper.fields.setdefault("pairs", pairs)


def _pair(paper: Paper, caption: str, value: str, x: float, manner: str) -> None:
    page, look = paper.page, paper.look
    colon = ":" if manner != "boxes" and look.maybe("colons", 0.7) else ""
    if manner == "boxes" or len(caption) > 60:
        top = page.sheet.y + 2
        for number, line in enumerate(wrapped(caption, page.font.sized(0.8), page.right - x - 4)):
            page.down(0.85)
            page.sheet.put(x + 2, page.sheet.y, Part(line, "pairs.key", number > 0), page.font.sized(0.8))
        page.down(1.1)
        page.sheet.put(x + 6, page.sheet.y, Part(value, "pairs.value"), page.font)
        page.sheet.frame(x, top, page.right, page.sheet.y + 4)
        return
    page.down()
    end = page.sheet.put(
        x,
        page.sheet.y,
        Part(caption + colon, "pairs.key"),
        page.font.bold() if look.maybe("bold keys", 0.4) else page.font,
    )
    room = (
        page.right - end - 8
        if x > page.left or manner != "two columns"
        else page.left + (page.right - page.left) / 2 - end - 8
    )
    start = max(end + 5, x + 130) if manner == "column" else end + 5
    font = (
        page.font
        if page.font.width(value) < room
        else page.font.drawn_in(max(0.35, room / max(page.font.width(value), 1)))
    )
    page.sheet.put(start, page.sheet.y, Part(value, "pairs.value"), font)


def _lines(paper: Paper) -> None:
    """Rows with an amount or two at the right, some of them empty."""
    page, look, chance = paper.page, paper.look, paper.chance
    rows = paper.some("lines", look.pick("how many lines", (5, 8, 12, 20)))
    second = look.maybe("second amount", 0.25)
    blank = look.maybe("blank", 0.15)
    dots = look.maybe("dots", 0.3)
    for caption in rows:
        page.room(2)
        page.down(look.between("line gap", 1.0, 1.5))
        end = page.sheet.put(
            page.left,
            page.sheet.y,
            caption,
            page.font.drawn_in(min(1.0, 0.7 * (page.right - page.left) / page.font.width(caption))),
        )
        if dots and page.right - end > 140:
            page.sheet.draw(
                end + 4, page.sheet.y, "." * int((page.right - end - 110) / page.font.width(".")), page.font
            )
        if blank or chance.maybe(0.15):
            continue
        page.sheet.put(
            page.right, page.sheet.y, Part(paper.money(amount_of(chance)), "amounts.amount"), page.font, "right"
        )
        if second and page.right - end > 170:
            page.sheet.put(
                page.right - 80,
                page.sheet.y,
                Part(paper.money(amount_of(chance)), "amounts.amount"),
                page.font,
                "right",
            )


def _table(paper: Paper, rows: int | None = None) -> None:
    """A table of the type's columns: words, numbers, dates, amounts."""
    page, look, chance = paper.page, paper.look, paper.chance
    key = "columns2" if "columns2" in paper.words and look.maybe("second table", 0.5) else "columns"
    heads = entries(paper.words[key])
    step = (page.right - page.left) / len(heads)
    columns = [
        Column(head, page.left + step * (number + (number > 1)), "right" if number > 1 else "left")
        for number, head in enumerate(heads)
    ]
    page.room(4)
    page.header(columns)
    holds = [
        look.pick(f"column {number}", ("amount", "amount", "number", "words", "date")) if number else "words"
        for number in range(len(heads))
    ]
    count = look.pick("rows", (3, 5, 8, 14)) if rows is None else rows
    for _ in range(count):
        page.room(2)
        page.down(look.between("row gap", 1.0, 1.5))
        for column, what in zip(columns, holds, strict=True):
            part = _cell(paper, what, chance)
            wide = page.font.width(part.text)
            page.sheet.put(
                column.x, page.sheet.y, part, page.font.drawn_in(min(1.0, (step - 6) / max(wide, 1))), column.align
            )


def _cell(paper: Paper, what: str, chance: Chance) -> Part:
    if what == "amount":
        return Part(paper.money(amount_of(chance), symbol=False), "amounts.amount")
    if what == "date":
        return Part(date_of(paper), "dates.date")
    if what == "number":
        return Part(str(chance.randint(1, 400)))
    key = "cells" if "cells" in paper.words else "lines"
    return Part(chance.pick(entries(paper.words[key])) if key in paper.words else drawn("coined", chance))


def _prose(paper: Paper) -> None:
    """Running text in one column or two."""
    page, look = paper.page, paper.look
    texts = paper.some("prose", look.pick("how much prose", (2, 4, 7, 12)))
    two = look.maybe("two columns of prose", 0.2) and not paper.words.get("small")
    wide = (page.right - page.left) * (0.47 if two else 1.0)
    if two:
        _two_columns(paper, texts, wide)
        return
    for text in texts:
        for line in wrapped(text, page.font, wide):
            page.text(line)
        page.down(look.between("paragraph gap", 0.0, 0.9))


def _two_columns(paper: Paper, texts: list[str], wide: float) -> None:
    page = paper.page
    page.room(8)
    top, deepest = page.sheet.y, page.sheet.y
    half = (len(texts) + 1) // 2
    for x, column in ((page.left, texts[:half]), (page.right - wide, texts[half:])):
        y = top
        for text in column:
            for line in wrapped(text, page.font, wide):
                y += page.pitch
                if y < page.bottom:
                    page.sheet.put(x, y, line, page.font)
            y += 0.5 * page.pitch
        deepest = max(deepest, min(y, page.bottom))
    page.sheet.y = deepest


def _checks(paper: Paper) -> None:
    """Boxes to tick, one a line or several."""
    page, look, chance = paper.page, paper.look, paper.chance
    x, inline = page.left, look.maybe("inline checks", 0.5)
    page.down(1.3)
    size = page.font.size * 0.75
    for text in paper.some("checks", look.pick("how many checks", (3, 5, 9))):
        if x + page.font.width(text) + 24 > page.right or (x > page.left and not inline):
            x = page.left
            page.room(2)
            page.down(1.2)
        y = page.sheet.y
        page.sheet.frame(x, y - size, x + size, y)
        if chance.maybe(0.3):
            page.sheet.put(x + 0.5, y - 0.5, "X", page.font.sized(0.85))
        x = page.sheet.put(x + size + 4, y, text, page.font) + 16


def _foot(paper: Paper) -> None:
    """A signature line, the form's own foot, the page's number."""
    page, look, chance = paper.page, paper.look, paper.chance
    if look.maybe("signature", 0.3) and not paper.words.get("small"):
        page.room(4)
        page.down(2)
        page.sheet.draw(page.left + 10, page.sheet.y - 2, paper.holder.name, type(page.font)("hand", 16.0))
        page.sheet.line(page.left, page.sheet.y + 2, page.left + 180, page.sheet.y + 2)
        page.text(
            look.pick("signed", ("Signature", "Authorized Signature", "Signature of applicant", "Signed", "Date"))
        )
    if "foot" in paper.words and look.maybe("foot shown", 0.8):
        page.sheet.put(
            page.left,
            page.sheet.height - 22,
            look.pick("foot text", entries(paper.words["foot"])),
            page.font.sized(0.8),
        )
    elif look.maybe("page number", 0.4) and not paper.words.get("small"):
        page.sheet.put(
            (page.left + page.right) / 2,
            page.sheet.height - 20,
            f"{look.pick('page word', ('Page ', '', '- '))}{chance.randint(1, 30)}",
            page.font.sized(0.85),
            "center",
        )
