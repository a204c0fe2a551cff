"""What the gateway keeps: keys, answers that may be asked for again, pages a day."""

from typing import Final

import sqlalchemy as sa
from alembic import op

revision: Final = "0004"
down_revision: Final = "0003"


def upgrade() -> None:
    op.create_table(
        "keys",
        sa.Column("id", sa.Text, primary_key=True),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("owner", "scopes", "digest", "parent")),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("expires_at", sa.BigInteger),
        sa.Column("revoked_at", sa.BigInteger),
    )
    op.create_index("keys_owner", "keys", ["owner", "parent"])
    op.create_table(
        "replays",
        *(sa.Column(name, sa.Text, primary_key=True) for name in ("owner", "key")),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("digest", "holder")),
        sa.Column("status", sa.Integer),
        sa.Column("headers", sa.Text, nullable=False),
        sa.Column("body", sa.LargeBinary),
        sa.Column("expires_at", sa.BigInteger, nullable=False),
    )
    op.create_index("replays_expires", "replays", ["expires_at"])
    op.create_table(
        "pages_read",
        sa.Column("owner", sa.Text, primary_key=True),
        sa.Column("day", sa.Text, primary_key=True),
        sa.Column("pages", sa.BigInteger, nullable=False),
    )
    open_jobs = sa.text("state IN ('queued', 'running')")
    op.create_index("jobs_owner", "jobs", ["owner"], sqlite_where=open_jobs, postgresql_where=open_jobs)


def downgrade() -> None:
    op.drop_index("jobs_owner", "jobs")
    for table in ("pages_read", "replays", "keys"):
        op.drop_table(table)
