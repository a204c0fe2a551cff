"""Records with their full-text index, jobs, and what engines answered before."""

from typing import Final

import sqlalchemy as sa
from alembic import op

revision: Final = "0001"
down_revision: Final = None

# SQLite counts up by itself only in a column that is exactly INTEGER PRIMARY KEY.
SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


# By its bytes, so that keys with one beginning stand together whatever the server's language is.
BYTEWISE = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    make_records()
    make_jobs()
    op.create_table(
        "memories",
        sa.Column("key", BYTEWISE, primary_key=True),
        sa.Column("answer", sa.LargeBinary, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
    )


def make_records() -> None:
    op.create_table(
        "records",
        sa.Column("id", SERIAL, primary_key=True, autoincrement=True),
        sa.Column("document_id", sa.Text, nullable=False),
        sa.Column("owner", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("media_type", sa.Text, nullable=False),
        sa.Column("pages", sa.Integer, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("job_id", sa.Text),
        sa.Column("kind", sa.Text),
        sa.Column("decision", sa.Text),
        sa.Column("reading", sa.Text),
        sa.Column("words", sa.LargeBinary),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("updated_at", sa.BigInteger, nullable=False),
        sa.UniqueConstraint("document_id", "owner", name="records_document"),
    )
    op.create_index("records_newest", "records", [sa.text("created_at DESC"), sa.text("id DESC")])
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE records ADD COLUMN terms tsvector")
        op.execute("CREATE INDEX records_terms ON records USING gin (terms)")
    else:
        op.execute("CREATE VIRTUAL TABLE records_terms USING fts5(terms, detail=none)")


def make_jobs() -> None:
    op.create_table(
        "jobs",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("owner", sa.Text, nullable=False),
        sa.Column("payload", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("priority", sa.Integer, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("max_attempts", sa.Integer, nullable=False),
        sa.Column("fence", sa.BigInteger, nullable=False),
        sa.Column("due_at", sa.BigInteger, nullable=False),
        sa.Column("worker", sa.Text),
        sa.Column("progress", sa.Text, nullable=False),
        sa.Column("result", sa.Text),
        sa.Column("error", sa.Text),
        sa.Column("unique_key", sa.Text, unique=True),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("updated_at", sa.BigInteger, nullable=False),
    )
    unsettled = sa.text("state IN ('queued', 'running')")
    op.create_index(
        "jobs_due",
        "jobs",
        [sa.text("priority DESC"), "due_at"],
        sqlite_where=unsettled,
        postgresql_where=unsettled,
    )
    failed = sa.text("state = 'failed'")
    op.create_index("jobs_failed", "jobs", ["created_at"], sqlite_where=failed, postgresql_where=failed)
    op.create_index("jobs_newest", "jobs", [sa.text("created_at DESC")])


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.drop_table("records_terms")
    for table in ("memories", "jobs", "records"):
        op.drop_table(table)
