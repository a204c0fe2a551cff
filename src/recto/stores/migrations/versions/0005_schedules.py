"""Schedules: jobs that come again and again."""

from typing import Final

import sqlalchemy as sa
from alembic import op

revision: Final = "0005"
down_revision: Final = "0004"


def upgrade() -> None:
    op.create_table(
        "schedules",
        sa.Column("name", sa.Text, primary_key=True),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("cron", "zone", "kind", "payload", "owner")),
        sa.Column("priority", sa.Integer, nullable=False),
        sa.Column("next_at", sa.BigInteger, nullable=False),
    )


def downgrade() -> None:
    op.drop_table("schedules")
