"""What every node was, from when to when."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

instant = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "identity",
        sa.Column("node", sa.String, primary_key=True),
        sa.Column("first_seen", instant, primary_key=True),
        sa.Column("last_seen", instant, nullable=False),
        *(
            sa.Column(name, sa.String, nullable=False)
            for name in ("vendor", "os", "hardware", "version", "serial")
        ),
    )
