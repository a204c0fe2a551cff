"""Attachments: the e-invoice that came beside a document."""

from typing import Final

import sqlalchemy as sa
from alembic import op

revision: Final = "0008"
down_revision: Final = "0007"


def upgrade() -> None:
    op.add_column("records", sa.Column("attachment", sa.Text, nullable=False, server_default=""))


def downgrade() -> None:
    op.drop_column("records", "attachment")
