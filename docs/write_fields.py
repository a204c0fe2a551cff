"""Write docs/fields.md from the catalogue: `python docs/write_fields.py`. A test says when it is out of date."""

from collections.abc import Iterator
from pathlib import Path

from recto.schemas.catalog import kinds, schema_of
from recto.schemas.schema import FieldSpec, Schema

PAGE = Path(__file__).parent / "fields.md"
HEAD = """# Fields

Every field of every kind. Names are snake_case of Azure Document Intelligence's, with its misspellings and irregularities
mended: boxes of a tax form are named by their meaning, with the box number as an alias, and the parties of the 1098 and
1099 forms are `payer` and `recipient` throughout. A dot makes a group (`employee.name`) or names a table's column
(`items.description`). This page is written from the catalogue.

## The JSON of a reading

One object for a document. `words` and the fields' indexes into it are there only when asked for. Values are text in
canonical form: money `1234.50`, dates and times ISO 8601, booleans `true` and `false`.

| key | content |
|---|---|
| `document` | `id` (SHA-256 of the bytes), `name`, `media_type`, `pages` |
| `pages` | for each page `number`, `width`, `height`, `text_layer`, `turn` (degrees clockwise to stand upright), `quality` of a page that was drawn (`source` clean, scan or photo, `contrast`, `sharpness`, `letter_height` in pixels, `blank`) |
| `kind` | `name`, `confidence` |
| `fields` | fields (`name`, `value`, `type`, `raw`, `confidence`, `page`, `boxes`, `grounding`, `vouched` (may it be used unseen), and `currency`, `alternatives` where there are any) and tables (`name`, `rows` of cells by column, `rows_returned`, `rows_expected`, `rows_possibly_missing`, `rows_grounding`) |
| `checks` | `name`, `outcome`, `inputs`, `detail`, and `proposal` where there is one |
| `decision` | `outcome`, `reasons`, `withheld` (optional values that are not vouched for, each with its reason) |
| `words` | `page`, `line`, `text`, `box`, `confidence`, `label` (its BIO tag), `label_confidence` where measured |
| `engines` | who answered: `name`, `version`, `model`, `digest` |
| `errors` | `code`, `title`, `detail`, and `page` where it is of one page; of a document that could not be read, only `document` and this |
| `seconds` | time by step |

Boxes are left, top, right, bottom as shares of the page, one a line of text.
"""  # noqa: E501


def row(path: str, spec: FieldSpec) -> str:
    """One line of a kind's table."""
    marks = [
        mark for mark, is_so in (("required", spec.required), (f"masked ({spec.sensitive})", spec.sensitive)) if is_so
    ]
    aliases = ", ".join(f"`{alias}`" for alias in spec.aliases)
    names = " | ".join(f"`{spec.names[d]}`" if d in spec.names else "" for d in ("azure", "textract", "google"))
    return f"| `{path}` | {spec.type} | {', '.join(marks)} | {aliases} | {names} |"


def section(schema: Schema) -> Iterator[str]:
    """A kind's heading and table."""
    yield f"\n## {schema.title} (`{schema.kind}`)\n"
    yield "| field | type | | aliases | Azure | Textract | Google |"
    yield "|---|---|---|---|---|---|---|"
    yield from (row(path, spec) for path, spec in schema.every_spec())


def page() -> str:
    """The whole page."""
    return HEAD + "\n".join(line for kind in kinds() for line in section(schema_of(kind))) + "\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
