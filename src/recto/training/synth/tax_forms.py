"""The seven tax forms that have a schema, filled in: on whole pages, several to a page, or as a bank's own list."""

from recto.schemas.catalog import labels_of
from recto.schemas.printed import PrintedBox as Box
from recto.training.synth.chance import Chance, Look
from recto.training.synth.form_sheet import Form, Place, box_list, printed_on, truth_of
from recto.training.synth.forms import print_attention, print_grid, print_list, print_prose
from recto.training.synth.lexicon import table
from recto.training.synth.sheet import Sheet
from recto.training.synth.synthetic import Draft
from recto.training.synth.tax_values import Filing, filing

WIDTH, HEIGHT = 612.0, 792.0


def tax_form(kind: str, look: Look, chance: Chance, wrong: str | None = None) -> Draft:
    """One page of a tax form. `wrong` may be `withholding`."""
    boxes = box_list(kind, look)
    known = frozenset(labels_of(kind))
    filed = filing(kind, boxes, look, chance, wrong)
    _named(filed, kind, look.maybe("upper", 0.4))
    if look.maybe("corrected", 0.1):
        filed.values["is_corrected"] = True
    sheet = Sheet(WIDTH, HEIGHT)
    form = Form(kind, sheet, look, chance, filed, known, Place(36, 60, 540, 300))
    layout(form, boxes)
    return Draft(
        kind, look.group, sheet, truth_of(filed, known, printed_on(sheet)), labels_of(kind), filed.altered, paper="form"
    )


def layout(form: Form, boxes: tuple[Box, ...]) -> None:
    """The template's arrangement of the form on its page."""
    manner = form.look.weighted(
        "manner", {"one": 5, "two": 2, "four": 2 if form.name == "W2" else 0.5, "three": 1, "list": 1.5, "prose": 2}
    )
    if form.look.maybe("attention", 0.05):
        print_attention(form)
    ratio = float(table("forms")[form.name].get("ratio", 0.62)) * form.look.between("flat", 0.92, 1.1)
    if manner == "list":
        form.place = Place(60, 60, 492, 0)
        print_list(form, boxes)
        return
    if manner == "prose":
        form.place = Place(36, 440, 540, min(540 * ratio * 0.95, 322))
        print_prose(form, 40, 400)
        print_grid(form, boxes)
        return
    for place in _places(manner, ratio, form.look):
        form.place = place
        print_grid(form, boxes)
    if manner == "one" and form.look.maybe("prose below", 0.3):
        print_prose(form, form.place.top + form.place.height + 50, 760)


def _places(manner: str, ratio: float, look: Look) -> list[Place]:
    if manner == "one":
        wide = look.between("form width", 450, 560)
        return [Place((WIDTH - wide) / 2, look.between("form top", 30, 120), wide, wide * ratio)]
    if manner == "two":
        return [Place(36, 40, 540, min(540 * ratio, 320)), Place(36, 430, 540, min(540 * ratio, 320))]
    if manner == "three":
        return [Place(90, 24 + 252 * row, 430, 205) for row in range(3)]
    return [Place(18 + 296 * column, 30 + 385 * row, 280, 330) for row in range(2) for column in range(2)]


def _named(filed: Filing, kind: str, upper: bool) -> None:
    """The parties' truth under their names in the schema."""
    one, two = {"W2": ("employer", "employee"), "1098": ("recipient", "payer")}.get(kind, ("payer", "recipient"))
    for side, party in ((one, filed.issuer), (two, filed.holder)):
        shouted = upper and party is filed.issuer
        filed.values[f"{side}.name"] = party.name.upper() if shouted else party.name
        filed.values[f"{side}.address"] = party.address.upper() if shouted else party.address
        filed.values[f"{side}.phone_number"] = party.phone
