"""The tables as the queries see them; the migrations make them."""

import json
from typing import Any, Final

import sqlalchemy as sa

from recto.stores.clock import Instant


class Json(sa.types.TypeDecorator[Any]):
    """JSON as plain ASCII text: PostgreSQL's JSONB refuses the NUL characters that some PDFs carry."""

    impl = sa.Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Any) -> str | None:
        return None if value is None else json.dumps(value, separators=(",", ":"))

    def process_result_value(self, value: str | None, dialect: Any) -> Any:
        return None if value is None else json.loads(value)


METADATA: Final = sa.MetaData()

RECORDS: Final = sa.Table(
    "records",
    METADATA,
    sa.Column("id", sa.BigInteger, primary_key=True),
    sa.Column("document_id", sa.Text, nullable=False),
    sa.Column("owner", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("media_type", sa.Text, nullable=False),
    sa.Column("pages", sa.Integer, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("job_id", sa.Text),
    sa.Column("kind", sa.Text),
    sa.Column("decision", sa.Text),
    # Without its words, which a list of records never shows and which are most of its weight.
    sa.Column("reading", Json),
    sa.Column("words", sa.LargeBinary),
    # The SHA-256 of the e-invoice beside it; empty where none came.
    sa.Column("attachment", sa.Text, nullable=False),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("updated_at", Instant, nullable=False),
)

JOBS: Final = sa.Table(
    "jobs",
    METADATA,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("owner", sa.Text, nullable=False),
    sa.Column("payload", Json, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("priority", sa.Integer, nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("max_attempts", sa.Integer, nullable=False),
    sa.Column("fence", sa.BigInteger, nullable=False),
    # When someone may claim it: `run_at` of a queued job, the end of the lease of a running one.
    sa.Column("due_at", Instant, nullable=False),
    sa.Column("worker", sa.Text),
    sa.Column("progress", Json, nullable=False),
    sa.Column("result", Json),
    sa.Column("error", Json),
    sa.Column("unique_key", sa.Text),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("updated_at", Instant, nullable=False),
)

MEMORIES: Final = sa.Table(
    "memories",
    METADATA,
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("answer", sa.LargeBinary, nullable=False),
    sa.Column("created_at", Instant, nullable=False),
)

REVIEWS: Final = sa.Table(
    "reviews",
    METADATA,
    sa.Column("document_id", sa.Text, primary_key=True),
    sa.Column("owner", sa.Text, primary_key=True),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("seconds", sa.Float, nullable=False),
    sa.Column("corrections", sa.Integer, nullable=False),
    sa.Column("by", sa.Text, nullable=False),
    sa.Column("past", sa.LargeBinary, nullable=False),
    sa.Column("at", Instant, nullable=False),
)

LABELS: Final = sa.Table(
    "labels",
    METADATA,
    sa.Column("document_id", sa.Text, primary_key=True),
    sa.Column("owner", sa.Text, primary_key=True),
    sa.Column("word", sa.Text, primary_key=True),
    sa.Column("version", sa.Integer, primary_key=True),
    # Whether nothing was said of the word since.
    sa.Column("last", sa.Boolean, nullable=False),
    sa.Column("page", sa.Integer, nullable=False),
    sa.Column("box", Json, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("begins", sa.Boolean, nullable=False),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("by", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("confidence", sa.Float),
    sa.Column("among", Json, nullable=False),
    sa.Column("replaced", sa.Text),
    sa.Column("at", Instant, nullable=False),
)

RUNS: Final = sa.Table(
    "runs",
    METADATA,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("comparable", sa.Boolean, nullable=False),
    sa.Column("settings", Json, nullable=False),
    sa.Column("versions", Json, nullable=False),
    sa.Column("data", Json, nullable=False),
    sa.Column("metrics", Json, nullable=False),
    sa.Column("digest", sa.Text),
    sa.Column("started_at", Instant, nullable=False),
    sa.Column("updated_at", Instant, nullable=False),
)

EPOCHS: Final = sa.Table(
    "epochs",
    METADATA,
    sa.Column("run_id", sa.Text, primary_key=True),
    sa.Column("epoch", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("loss", sa.Float, nullable=False),
    sa.Column("seconds", sa.Float, nullable=False),
    sa.Column("learning_rate", sa.Float, nullable=False),
    sa.Column("steps", sa.Integer, nullable=False),
    sa.Column("figure", sa.Float),
    sa.Column("validation", Json),
)

KEYS: Final = sa.Table(
    "keys",
    METADATA,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("owner", sa.Text, nullable=False),
    sa.Column("scopes", Json, nullable=False),
    # The SHA-256 of the secret, in hexadecimal. The secret itself is nowhere.
    sa.Column("digest", sa.Text, nullable=False),
    # The key that a browser's session was opened with; empty for a key of its own.
    sa.Column("parent", sa.Text, nullable=False),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("expires_at", Instant),
    sa.Column("revoked_at", Instant),
)

REPLAYS: Final = sa.Table(
    "replays",
    METADATA,
    sa.Column("owner", sa.Text, primary_key=True),
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("digest", sa.Text, nullable=False),
    # Who works on the first answer, as long as there is none.
    sa.Column("holder", sa.Text, nullable=False),
    sa.Column("status", sa.Integer),
    sa.Column("headers", Json, nullable=False),
    sa.Column("body", sa.LargeBinary),
    sa.Column("expires_at", Instant, nullable=False),
)

PAGES_READ: Final = sa.Table(
    "pages_read",
    METADATA,
    sa.Column("owner", sa.Text, primary_key=True),
    # In UTC, as `2026-01-31`.
    sa.Column("day", sa.Text, primary_key=True),
    sa.Column("pages", sa.BigInteger, nullable=False),
)

SCHEDULES: Final = sa.Table(
    "schedules",
    METADATA,
    sa.Column("name", sa.Text, primary_key=True),
    *(sa.Column(name, sa.Text, nullable=False) for name in ("cron", "zone", "kind")),
    sa.Column("payload", Json, nullable=False),
    sa.Column("owner", sa.Text, nullable=False),
    sa.Column("priority", sa.Integer, nullable=False),
    sa.Column("next_at", Instant, nullable=False),
)

WEBHOOKS: Final = sa.Table(
    "webhooks",
    METADATA,
    sa.Column("id", sa.Text, primary_key=True),
    *(sa.Column(name, sa.Text, nullable=False) for name in ("owner", "url")),
    sa.Column("events", Json, nullable=False),
    sa.Column("description", sa.Text, nullable=False),
    # Under seal, where there are keys; the old one is empty where there is none.
    *(sa.Column(name, sa.Text, nullable=False) for name in ("secret", "old_secret")),
    sa.Column("old_until", Instant),
    sa.Column("enabled", sa.Boolean, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    *(sa.Column(name, Instant) for name in ("succeeded_at", "resting_until")),
    *(sa.Column(name, Instant, nullable=False) for name in ("created_at", "updated_at")),
)

DELIVERIES: Final = sa.Table(
    "deliveries",
    METADATA,
    sa.Column("id", sa.Text, primary_key=True),
    *(
        sa.Column(name, sa.Text, nullable=False)
        for name in ("webhook_id", "owner", "event_id", "type", "body", "state")
    ),
    *(sa.Column(name, sa.Integer, nullable=False) for name in ("turn", "attempts", "failures")),
    sa.Column("why", sa.Text, nullable=False),
    sa.Column("started_at", Instant, nullable=False),
    sa.Column("next_at", Instant),
    *(sa.Column(name, Instant, nullable=False) for name in ("created_at", "updated_at")),
)

ATTEMPTS: Final = sa.Table(
    "delivery_attempts",
    METADATA,
    sa.Column("delivery_id", sa.Text, primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("at", Instant, nullable=False),
    sa.Column("seconds", sa.Float, nullable=False),
    sa.Column("status", sa.Integer),
    *(sa.Column(name, sa.Text, nullable=False) for name in ("response", "error")),
)
