"""By which rules a node was recognised: others may only call the same node by another name."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.add_column("identity", sa.Column("rules", sa.String, nullable=False, server_default=""))
