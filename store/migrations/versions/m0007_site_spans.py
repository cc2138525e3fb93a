"""From when to when it was known of each site whether it was covered, and when a daemon watched."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.create_table(
        "site_span",
        sa.Column("kind", sa.String, primary_key=True),
        sa.Column("site", sa.String, primary_key=True),
        sa.Column("began", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("since", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("until", sa.BigInteger),
        sa.Column("maintenance", sa.Boolean, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_index("site_span_until", "site_span", ["until"])
    op.create_table(
        "run",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("started", sa.BigInteger, nullable=False),
        sa.Column("alive", sa.BigInteger, nullable=False),
    )
