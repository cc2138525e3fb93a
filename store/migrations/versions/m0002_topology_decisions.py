"""What operators decided on drift between the declared network and the one that was found."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "topology_decision",
        sa.Column("key", sa.String, primary_key=True),
        sa.Column("verdict", sa.String, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("author", sa.String, nullable=False),
        sa.Column("comment", sa.String, nullable=False),
        sa.Column("subject", sa.String, nullable=False),
    )
