"""When a silent node last answered, and when it came out of the shadow of another."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    for name in ("heard", "shown"):
        op.add_column("node_state", sa.Column(name, sa.DateTime(timezone=True)))
