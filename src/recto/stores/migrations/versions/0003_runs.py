"""Training runs and their epochs."""

from typing import Final

import sqlalchemy as sa
from alembic import op

revision: Final = "0003"
down_revision: Final = "0002"


def upgrade() -> None:
    op.create_table(
        "runs",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("comparable", sa.Boolean, nullable=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("settings", "versions", "data", "metrics")),
        sa.Column("digest", sa.Text),
        sa.Column("started_at", sa.BigInteger, nullable=False),
        sa.Column("updated_at", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "epochs",
        sa.Column("run_id", sa.Text, sa.ForeignKey("runs.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("epoch", sa.Integer, primary_key=True, autoincrement=False),
        *(sa.Column(name, sa.Float, nullable=False) for name in ("loss", "seconds", "learning_rate")),
        sa.Column("steps", sa.Integer, nullable=False),
        sa.Column("figure", sa.Float),
        sa.Column("validation", sa.Text),
    )


def downgrade() -> None:
    op.drop_table("epochs")
    op.drop_table("runs")
