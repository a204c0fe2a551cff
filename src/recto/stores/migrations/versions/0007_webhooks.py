"""Webhooks: where owners want to hear of events, what is on its way to them, and every try to deliver it."""

from typing import Final

import sqlalchemy as sa
from alembic import op

revision: Final = "0007"
down_revision: Final = "0006"


def upgrade() -> None:
    op.create_table(
        "webhooks",
        sa.Column("id", sa.Text, primary_key=True),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("owner", "url", "events", "description")),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("secret", "old_secret")),
        sa.Column("old_until", sa.BigInteger),
        sa.Column("enabled", sa.Boolean, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        *(sa.Column(name, sa.BigInteger) for name in ("succeeded_at", "resting_until")),
        *(sa.Column(name, sa.BigInteger, nullable=False) for name in ("created_at", "updated_at")),
    )
    op.create_index("webhooks_owner", "webhooks", ["owner"])
    op.create_table(
        "deliveries",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("webhook_id", sa.Text, sa.ForeignKey("webhooks.id", ondelete="CASCADE"), nullable=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("owner", "event_id", "type", "body", "state")),
        *(sa.Column(name, sa.Integer, nullable=False) for name in ("turn", "attempts", "failures")),
        sa.Column("why", sa.Text, nullable=False),
        sa.Column("started_at", sa.BigInteger, nullable=False),
        sa.Column("next_at", sa.BigInteger),
        *(sa.Column(name, sa.BigInteger, nullable=False) for name in ("created_at", "updated_at")),
        sa.UniqueConstraint("webhook_id", "event_id"),
    )
    op.create_index("deliveries_newest", "deliveries", ["webhook_id", "created_at"])
    op.create_index("deliveries_oldest", "deliveries", ["created_at"])
    op.create_table(
        "delivery_attempts",
        sa.Column("delivery_id", sa.Text, sa.ForeignKey("deliveries.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("seconds", sa.Float, nullable=False),
        sa.Column("status", sa.Integer),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("response", "error")),
    )


def downgrade() -> None:
    op.drop_table("delivery_attempts")
    op.drop_table("deliveries")
    op.drop_table("webhooks")
