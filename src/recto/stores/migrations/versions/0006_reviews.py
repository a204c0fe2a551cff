"""Reviews: how far people are with the documents that were decided for them."""

from typing import Final

import sqlalchemy as sa
from alembic import op

revision: Final = "0006"
down_revision: Final = "0005"


def upgrade() -> None:
    op.create_table(
        "reviews",
        *(sa.Column(name, sa.Text, primary_key=True) for name in ("document_id", "owner")),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("seconds", sa.Float, nullable=False),
        sa.Column("corrections", sa.Integer, nullable=False),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("past", sa.LargeBinary, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
    )


def downgrade() -> None:
    op.drop_table("reviews")
