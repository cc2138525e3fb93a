"""Links that are in the graph though nobody declared them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.create_table(
        "found_link",
        sa.Column("id", sa.String, primary_key=True),
        sa.Column("a", sa.String, nullable=False),
        sa.Column("b", sa.String, nullable=False),
        sa.Column("a_port", sa.String, nullable=False),
        sa.Column("b_port", sa.String, nullable=False),
    )
