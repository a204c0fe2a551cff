"""The documentation's page of fields is the catalogue's."""

import subprocess
import sys
from pathlib import Path

DOCS = Path(__file__).parents[3] / "docs"


def test_the_page_of_fields_is_up_to_date():
    code = "import sys; sys.path.insert(0, 'docs'); import write_fields; sys.stdout.write(write_fields.page())"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=DOCS.parent)
    assert out.stdout == (DOCS / "fields.md").read_text(encoding="utf-8"), "python docs/write_fields.py"
