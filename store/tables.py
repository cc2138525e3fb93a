"""The tables, as queries want them and a new SQLite file gets them; what an older database lacks,
and a server's, is made by `migrations/`."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Dialect,
    Float,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    UniqueConstraint,
    text,
)
from sqlalchemy.types import TypeDecorator, TypeEngine

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


class Instant(TypeDecorator[datetime]):
    """An aware time. SQLite has no such type and keeps the UTC text, so that an operator can
    read it and it sorts. Raises ValueError for a naive time."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a time without a zone cannot be stored: {value}")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return value.replace(tzinfo=UTC) if value is not None else None


class Document(TypeDecorator[Any]):
    """Lists and mappings: JSON, and JSONB where there is such a type."""

    impl = JSON
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name != "postgresql":
            return dialect.type_descriptor(JSON())
        from sqlalchemy.dialects.postgresql import JSONB  # a dialect of 2 MB, there by now

        return dialect.type_descriptor(JSONB())


class Tick(TypeDecorator[datetime]):
    """An aware time as microseconds since 1970, for times that the database itself computes with:
    exact, and the same on every one. Raises ValueError for a naive time."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a time without a zone cannot be stored: {value}")
        return (value - EPOCH) // MICROSECOND

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:
        return EPOCH + value * MICROSECOND if value is not None else None


SERIAL = BigInteger().with_variant(Integer(), "sqlite")  # SQLite numbers INTEGER keys only

METADATA = MetaData()

SCHEMA = "0008"  # the last of `migrations/`, and what stands in this table
VERSION = Table(
    "alembic_version",
    MetaData(),
    Column("version_num", String(32)),
    PrimaryKeyConstraint("version_num", name="alembic_version_pkc"),
)

OUTAGE = Table(
    "outage",
    METADATA,
    Column("id", String, primary_key=True),
    Column("root_kind", String, nullable=False),
    Column("root_id", String, nullable=False),
    Column("severity", String, nullable=False),
    Column("since", Instant, nullable=False),
    Column("ended", Instant),
    Column("down", Document, nullable=False),
    Column("shadowed", Document, nullable=False),
    Column("alternatives", Document, nullable=False),
    Column("confidence", Float, nullable=False),
    Column("maintenance", Boolean, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("clues", Document, nullable=False, server_default="[]"),
    Index("outage_since", "since"),
    Index("outage_ended", "ended"),
)

NODE_STATE = Table(
    "node_state",
    METADATA,
    Column("node", String, primary_key=True),
    Column("state", String, nullable=False),
    Column("since", Instant, nullable=False),
    Column("heard", Instant),
    Column("shown", Instant),
)

EVENT = Table(
    "event",
    METADATA,
    Column("id", SERIAL, primary_key=True),
    Column("at", Instant, nullable=False),
    Column("kind", String, nullable=False),
    Column("node", String, nullable=False),
    Column("site", String, nullable=False),
    Column("outage", String, nullable=False),
    Column("params", Document, nullable=False),
    Index("event_at", "at"),
    Index("event_node", "node", "id"),
    Index("event_site", "site", "id"),
    Index("event_outage", "outage", "id"),
    sqlite_autoincrement=True,
)

ALERT = Table(
    "alert",
    METADATA,
    Column("id", SERIAL, primary_key=True),
    Column("outage", String, nullable=False),
    Column("receiver", String, nullable=False),
    Column("status", String, nullable=False),
    Column("severity", String, nullable=False),
    Column("step", String, nullable=False),
    Column("state", String, nullable=False),
    Column("created", Instant, nullable=False),
    Column("starts", Instant, nullable=False),
    Column("ends", Instant),
    Column("labels", Document, nullable=False),
    Column("annotations", Document, nullable=False),
    Column("url", String, nullable=False),
    Column("suppressed", String, nullable=False),
    Column("delivered", Instant),
    Column("attempts", Integer, nullable=False),
    Column("last_error", String, nullable=False),
    Column("sent_labels", Document),
    UniqueConstraint("outage", "receiver", "step", name="alert_step"),
    Index(
        "alert_queued",
        "id",
        sqlite_where=text("state = 'queued'"),
    ),
    sqlite_autoincrement=True,
)

IDENTITY = Table(
    "identity",
    METADATA,
    Column("node", String, primary_key=True),
    Column("first_seen", Instant, primary_key=True),
    Column("last_seen", Instant, nullable=False),
    *(
        Column(name, String, nullable=False)
        for name in ("vendor", "os", "hardware", "version", "serial")
    ),
    Column("rules", String, nullable=False, server_default=""),
)

SILENCE = Table(
    "silence",
    METADATA,
    Column("id", SERIAL, primary_key=True),
    Column("matchers", Document, nullable=False),
    Column("starts", Instant, nullable=False),
    Column("ends", Instant, nullable=False),
    Column("author", String, nullable=False),
    Column("comment", String, nullable=False),
    sqlite_autoincrement=True,
)

MAINTENANCE = Table(
    "maintenance",
    METADATA,
    Column("id", SERIAL, primary_key=True),
    Column("targets", Document, nullable=False),
    Column("starts", Instant, nullable=False),
    Column("ends", Instant, nullable=False),
    Column("author", String, nullable=False),
    Column("comment", String, nullable=False),
    sqlite_autoincrement=True,
)

TOPOLOGY_DECISION = Table(
    "topology_decision",
    METADATA,
    Column("key", String, primary_key=True),
    Column("verdict", String, nullable=False),
    Column("at", Instant, nullable=False),
    Column("author", String, nullable=False),
    Column("comment", String, nullable=False),
    Column("subject", String, nullable=False),
)

FOUND_LINK = Table(
    "found_link",
    METADATA,
    Column("id", String, primary_key=True),
    Column("a", String, nullable=False),
    Column("b", String, nullable=False),
    Column("a_port", String, nullable=False),
    Column("b_port", String, nullable=False),
)

SITE_SPAN = Table(
    "site_span",
    METADATA,
    Column("kind", String, primary_key=True),
    Column("site", String, primary_key=True),
    Column("began", Tick, primary_key=True),
    Column("since", Tick, primary_key=True),
    Column("until", Tick),
    Column("maintenance", Boolean, nullable=False),
    Index("site_span_until", "until"),
    sqlite_with_rowid=False,
)

RUN = Table(
    "run",
    METADATA,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("started", Tick, nullable=False),
    Column("alive", Tick, nullable=False),
)
