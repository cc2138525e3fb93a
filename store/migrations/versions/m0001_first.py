"""Outages, node states, events, the alert outbox, silences and maintenance windows."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0001"
down_revision = None

document = sa.JSON().with_variant(JSONB(), "postgresql")
serial = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
instant = sa.DateTime(timezone=True)
queued = sa.text("state = 'queued'")


def upgrade() -> None:
    op.create_table(
        "outage",
        sa.Column("id", sa.String, primary_key=True),
        sa.Column("root_kind", sa.String, nullable=False),
        sa.Column("root_id", sa.String, nullable=False),
        sa.Column("severity", sa.String, nullable=False),
        sa.Column("since", instant, nullable=False),
        sa.Column("ended", instant),
        sa.Column("down", document, nullable=False),
        sa.Column("shadowed", document, nullable=False),
        sa.Column("alternatives", document, nullable=False),
        sa.Column("confidence", sa.Float, nullable=False),
        sa.Column("maintenance", sa.Boolean, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
    )
    op.create_index("outage_since", "outage", ["since"])
    op.create_index("outage_ended", "outage", ["ended"])
    op.create_table(
        "node_state",
        sa.Column("node", sa.String, primary_key=True),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("since", instant, nullable=False),
    )
    op.create_table(
        "event",
        sa.Column("id", serial, primary_key=True),
        sa.Column("at", instant, nullable=False),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("node", sa.String, nullable=False),
        sa.Column("site", sa.String, nullable=False),
        sa.Column("outage", sa.String, nullable=False),
        sa.Column("params", document, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("event_at", "event", ["at"])
    op.create_index("event_node", "event", ["node", "id"])
    op.create_index("event_site", "event", ["site", "id"])
    op.create_index("event_outage", "event", ["outage", "id"])
    op.create_table(
        "alert",
        sa.Column("id", serial, primary_key=True),
        sa.Column("outage", sa.String, nullable=False),
        sa.Column("receiver", sa.String, nullable=False),
        sa.Column("status", sa.String, nullable=False),
        sa.Column("severity", sa.String, nullable=False),
        sa.Column("step", sa.String, nullable=False),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("created", instant, nullable=False),
        sa.Column("starts", instant, nullable=False),
        sa.Column("ends", instant),
        sa.Column("labels", document, nullable=False),
        sa.Column("annotations", document, nullable=False),
        sa.Column("url", sa.String, nullable=False),
        sa.Column("suppressed", sa.String, nullable=False),
        sa.Column("delivered", instant),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("last_error", sa.String, nullable=False),
        sa.Column("sent_labels", document),
        sa.UniqueConstraint("outage", "receiver", "step", name="alert_step"),
        sqlite_autoincrement=True,
    )
    op.create_index("alert_queued", "alert", ["id"], sqlite_where=queued, postgresql_where=queued)
    for table, subject in (("silence", "matchers"), ("maintenance", "targets")):
        op.create_table(
            table,
            sa.Column("id", serial, primary_key=True),
            sa.Column(subject, document, nullable=False),
            sa.Column("starts", instant, nullable=False),
            sa.Column("ends", instant, nullable=False),
            sa.Column("author", sa.String, nullable=False),
            sa.Column("comment", sa.String, nullable=False),
            sqlite_autoincrement=True,
        )
