"""Labels on words: every version of each, the last one marked."""

from typing import Final

import sqlalchemy as sa
from alembic import op

revision: Final = "0002"
down_revision: Final = "0001"


def upgrade() -> None:
    op.create_table(
        "labels",
        *(sa.Column(name, sa.Text, primary_key=True) for name in ("document_id", "owner", "word")),
        sa.Column("version", sa.Integer, primary_key=True),
        sa.Column("last", sa.Boolean, nullable=False),
        sa.Column("page", sa.Integer, nullable=False),
        sa.Column("box", sa.Text, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("begins", sa.Boolean, nullable=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("source", "status", "by", "reason")),
        sa.Column("confidence", sa.Float),
        sa.Column("among", sa.Text, nullable=False),
        sa.Column("replaced", sa.Text),
        sa.Column("at", sa.BigInteger, nullable=False),
    )
    now = sa.text("last")
    op.create_index("labels_last", "labels", ["status", "at"], sqlite_where=now, postgresql_where=now)


def downgrade() -> None:
    op.drop_table("labels")
