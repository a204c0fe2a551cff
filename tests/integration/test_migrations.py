"""The history of the tables goes up and down on both databases, with data in them."""

import subprocess
import sys

import pytest
import sqlalchemy as sa
from alembic.config import Config
from alembic.script import ScriptDirectory

from recto.document.errors import BadSettings, StoreUnavailable
from recto.document.event import ping_event
from recto.document.job import Order
from recto.document.page import Document
from recto.document.record import Query, Record
from recto.document.signature import minted_secret
from recto.document.webhook import EVENT_TYPES, Webhook, new_id
from recto.stores import migrations
from recto.stores.deliveries import SqlDeliveries
from recto.stores.jobs import SqlJobs
from recto.stores.memory import SqlMemory
from recto.stores.records import SqlRecords
from recto.stores.sql import HEAD, connect, engines_of, migrate, version
from recto.stores.tables import METADATA
from recto.stores.webhooks import SqlWebhooks


def history():
    config = Config()
    config.set_main_option("script_location", migrations.__path__[0])
    return [script.revision for script in reversed(list(ScriptDirectory.from_config(config).walk_revisions()))]


def fill(database):
    SqlRecords(database).save(Record(Document("a" * 64, "café.jpg", "image/jpeg", 1), "waiting"))
    SqlJobs(database).order(Order("read", {"document_id": "a"}))
    SqlMemory(database).keep("a/1/e", {"x": 1})
    if version_of(database) == HEAD:
        told = Webhook(new_id(), "", "https://example.com/", EVENT_TYPES, minted_secret())
        SqlDeliveries(database).send(SqlWebhooks(database).add_one_of(told, 9), ping_event(""))


def version_of(database):
    with database.reading() as connection:
        return version(connection)


def tables(database):
    with database.reading() as connection:
        return set(sa.inspect(connection).get_table_names())


def test_the_newest_migration_is_the_one_that_is_opened_without_alembic():
    assert history()[-1] == HEAD


def test_the_migrations_make_what_the_queries_expect(database_url):
    database = connect(database_url)
    with database.reading() as connection:
        for table in METADATA.sorted_tables:
            made = {column["name"] for column in sa.inspect(connection).get_columns(table.name)}
            assert made >= {column.name for column in table.columns}, table.name
    database.close()


@pytest.mark.parametrize("target", ["base", *history()[:-1]])
def test_every_migration_goes_down_and_up_again_with_data_in_the_tables(database_url, target):
    database = connect(database_url)
    fill(database)
    migrate(database, target)
    with database.reading() as connection:
        assert version(connection) == (None if target == "base" else target)
    if target == "base":
        assert tables(database) <= {"alembic_version"}
    migrate(database)
    if target == "base":
        fill(database)
    assert SqlRecords(database).find(Query(text="cafe")).total == 1
    assert SqlJobs(database).claim("ann", ("read",), 5).payload == {"document_id": "a"}
    assert SqlMemory(database).recall("a/1/e") == {"x": 1}
    database.close()


def test_what_is_in_a_database_is_there_when_it_is_opened_again(database_url):
    first = connect(database_url)
    fill(first)
    first.close()
    second = connect(database_url)
    assert SqlRecords(second).find(Query()).total == 1
    second.close()


def test_many_processes_may_open_a_new_database_at_once(database_url):
    code = f"from recto.stores.sql import connect; connect({database_url!r})"
    processes = [subprocess.Popen([sys.executable, "-c", code], stderr=subprocess.PIPE) for _ in range(5)]
    errors = [process.communicate()[1].decode() for process in processes]
    assert [process.returncode for process in processes] == [0] * 5, "".join(errors)


@pytest.mark.parametrize("url", ["nonsense", "mysql://host/name", "sqlite://", "sqlite:///"])
def test_a_url_of_another_database_is_refused_by_name(url):
    with pytest.raises(BadSettings, match="database"):
        engines_of(url)


def test_a_database_that_cannot_be_opened_is_unavailable(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(StoreUnavailable):
        connect(f"sqlite:///{tmp_path / 'file' / 'recto.db'}")
    with pytest.raises(StoreUnavailable):
        connect("postgresql://nobody@127.0.0.1:1/none")


def test_a_file_that_is_no_database_is_unavailable_and_left_as_it_is(tmp_path):
    path = tmp_path / "recto.db"
    path.write_bytes(b"my holiday photos" * 1000)
    with pytest.raises(StoreUnavailable):
        connect(f"sqlite:///{path}")
    assert path.read_bytes() == b"my holiday photos" * 1000
