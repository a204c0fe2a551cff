"""The example of a user's own kind runs, and says the same as a file and as a class."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from recto.document.errors import BadSettings
from recto.schemas.catalog import load
from recto.schemas.jsonschema import json_schema
from recto.schemas.models import add_named

HERE = Path(__file__).parents[3] / "examples" / "own_kind"


def test_the_example_runs_and_its_rules_hold():
    out = subprocess.run(
        [sys.executable, HERE / "read_timesheet.py"], capture_output=True, text=True, check=True
    ).stdout
    assert "total_pay: 310.00 (grounded)" in out
    assert "pass: sum(days.hours) = total_hours" in out
    assert "pass: total_hours * hourly_rate = total_pay" in out
    assert "fail" not in out


def test_a_class_says_the_same_as_the_file(monkeypatch):
    monkeypatch.syspath_prepend(str(HERE))
    by_class, by_file = add_named("timesheet:Timesheet"), load(HERE / "timesheet.toml")
    assert by_class.title == by_file.title
    assert by_class.checks == by_file.checks
    for one, other in zip(by_class.every_spec(), by_file.every_spec(), strict=True):
        assert one[0] == other[0]
        # A row's cells are required in a class; in a file a column never is.
        assert replace(one[1], required=other[1].required) == other[1]


def test_a_kind_of_ones_own_has_its_json_schema():
    add_named(str(HERE / "timesheet.toml"))
    assert json_schema("timesheet")["properties"]["social_security_number"]["x-sensitive"] == "ssn"


@pytest.mark.parametrize("target", ["nowhere.toml", "no.such.module:Kind", "pathlib:Path", "nonsense"])
def test_a_kind_that_cannot_be_loaded_is_refused(target):
    with pytest.raises(BadSettings):
        add_named(target)
