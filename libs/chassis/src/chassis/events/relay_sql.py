"""The SQL of the relay. It runs as the relay's own role, across workspaces, on the tables that every service has."""


class RelayStatements:
    """The relay's statements, for one schema."""

    def __init__(self, schema: str) -> None:
        # In the order of Envelope's fields.
        fields = "id, workspace_id, type, payload, occurred_at, request_id, traceparent, signature"
        self.due = (
            f"SELECT {fields} FROM {schema}.outbox"
            " WHERE published_at IS NULL AND due_at <= now() AND id <> ALL($1::uuid[]) ORDER BY due_at, id LIMIT $2"
        )
        self.published = (
            f"UPDATE {schema}.outbox AS o SET published_at = now(), last_error = NULL"
            " FROM unnest($1::uuid[], $2::uuid[]) AS done(workspace_id, id)"
            " WHERE o.workspace_id = done.workspace_id AND o.id = done.id"
        )
        self.refused = (
            f"UPDATE {schema}.outbox AS o SET attempts = attempts + 1, last_error = refused.error,"
            " due_at = now() + make_interval(secs => least($4::float8, 0.5 * 2 ^ least(attempts, 16)))"
            " FROM unnest($1::uuid[], $2::uuid[], $3::text[]) AS refused(workspace_id, id, error)"
            " WHERE o.workspace_id = refused.workspace_id AND o.id = refused.id RETURNING o.type, o.last_error"
        )
        self.lag = (
            "SELECT count(*), coalesce(extract(epoch FROM now() - min(occurred_at)), 0)::float8"
            f" FROM {schema}.outbox WHERE published_at IS NULL"
        )
        asked = "replay_requested_at IS NOT NULL AND replayed_at IS NULL"
        self.replays = f"SELECT queue, {fields} FROM {schema}.dead_letters WHERE {asked} ORDER BY replay_requested_at LIMIT $1"
        one = "WHERE queue = $1 AND workspace_id = $2 AND id = $3"
        # Died again during the replay: then it was written anew, with nobody asking yet.
        self.replayed = f"UPDATE {schema}.dead_letters SET replayed_at = now() {one} AND {asked}"
        self.not_replayable = f"UPDATE {schema}.dead_letters SET replay_requested_at = NULL {one}"
