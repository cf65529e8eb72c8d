"""The tables of `tables.py` as SQL, frozen per version: a migration never changes once released."""

VERSION_1 = (
    """
    CREATE TABLE outbox (
        position bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_outbox PRIMARY KEY,
        event_id uuid NOT NULL,
        partition smallint NOT NULL,
        ordering_key uuid NOT NULL,
        exchange text NOT NULL,
        type text NOT NULL,
        body bytea NOT NULL,
        recorded_at timestamptz NOT NULL,
        attempts integer NOT NULL DEFAULT 0,
        blocked_until timestamptz
    )
    """,
    # Rows live for milliseconds: freed space must be found again before the table grows.
    "ALTER TABLE outbox SET"
    " (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000)",
    "CREATE INDEX ix_outbox_blocked ON outbox (ordering_key) WHERE blocked_until IS NOT NULL",
    """
    CREATE TABLE inbox (
        event_id uuid CONSTRAINT pk_inbox PRIMARY KEY,
        received_at timestamptz NOT NULL
    )
    """,
    "CREATE INDEX ix_inbox_received_at ON inbox (received_at)",
    """
    CREATE TABLE parked_events (
        event_id uuid CONSTRAINT pk_parked_events PRIMARY KEY,
        position bigint GENERATED ALWAYS AS IDENTITY,
        ordering_key uuid NOT NULL,
        due_at timestamptz NOT NULL
    )
    """,
    "CREATE INDEX ix_parked_events_ordering_key ON parked_events (ordering_key, position)",
    # Whoever inserts wakes the relay, and nobody can forget to.
    """
    CREATE FUNCTION outbox_wake() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        PERFORM pg_notify('outbox', '');
        RETURN NULL;
    END $$
    """,
    "CREATE TRIGGER outbox_wake AFTER INSERT ON outbox"
    " FOR EACH STATEMENT EXECUTE FUNCTION outbox_wake()",
)
