import type { WorkspaceId } from "#lib/core/ids.ts";
import { DAY } from "#lib/core/units.ts";
import { ensurePartitions } from "#lib/db/partitions.ts";
import { pool } from "#lib/db/pool.ts";

/** What a filled workspace holds, by what is special about it. */
export type History = {
  workspaceId: WorkspaceId;
  flows: { busy: string; few: string; none: string };
  endpoints: { busy: string; few: string; none: string; manyWithoutRuns: string };
  eventTypes: { common: string; few: string; none: string };
  /** A run with its steps, its event, and the run it is a replay of. */
  run: { id: string; eventId: string };
  replayed: string;
};

const DAYS = 20;
const FLOWS = 60;
const ENDPOINTS = 400;
const REQUESTS_PER_ENDPOINT_MAX = 1_000;

/**
 * Fills a migrated database with `runs` runs (each with its event, payload, step and value) of the last 20 days in one
 * workspace, skewed as real ones are: half of them of one flow and endpoint, a long tail, a flow and an endpoint with
 * none, an endpoint with many events and no run, states of which three runs have one. Takes about a minute a million.
 */
export async function seedHistory(runs: number): Promise<History> {
  const now = Date.now();
  const client = await pool().connect();
  const sql = async (text: string): Promise<void> => void (await client.query(text));
  try {
    for (let day = DAYS + 1; day > 0; day -= 8) await ensurePartitions(client, new Date(now - day * DAY));
    await ensurePartitions(client, new Date(now));
    await sql("SET synchronous_commit = off; SET work_mem = '64MB'; SET maintenance_work_mem = '256MB'");
    await sql(HELPERS);
    await sql(`INSERT INTO workspace (id, name) VALUES (${WORKSPACE}, 'Filled')`);
    await sql(
      `INSERT INTO endpoint (id, workspace_id, token, name)
       SELECT made('e', i), ${WORKSPACE}, 'token-' || i, 'Endpoint ' || i FROM generate_series(0, ${ENDPOINTS - 1}) i`,
    );
    await sql(
      `INSERT INTO flow (id, workspace_id, name, draft, live_version_id, "on")
       SELECT made('f', i), ${WORKSPACE}, 'Flow ' || i, '${DRAFT}', made('b', i), true
       FROM generate_series(0, ${FLOWS - 1}) i`,
    );
    await sql(
      `INSERT INTO flow_version (id, workspace_id, flow_id, number, definition, hash)
       SELECT made('b', i), ${WORKSPACE}, made('f', i), 1, '${DRAFT}', '' FROM generate_series(0, ${FLOWS - 1}) i`,
    );
    await sql(
      `INSERT INTO flow_trigger (endpoint_id, flow_id, version_id, workspace_id, event_types)
       SELECT made('e', i), made('f', i), made('b', i), ${WORKSPACE}, '{}' FROM generate_series(0, ${FLOWS - 1}) i`,
    );
    const step = (DAYS * DAY) / runs;
    const at = `${now - DAYS * DAY} + (i * ${step})::bigint`;
    await sql(
      `INSERT INTO event (id, workspace_id, endpoint_id, dedupe_key, event_type, verdict, verification, method,
                          content_type, body_bytes, body_sha256, client_ip, received_at, answer_ms)
       SELECT at_ms('a', ${at}, i), ${WORKSPACE}, made('e', endpoint_of(i)), 'key-' || i, type_of(i),
              CASE WHEN endpoint_of(i) = 1 THEN 'no flow' ELSE 'accepted' END, 'verified', 'POST', 'application/json',
              300, '\\x00', '203.0.113.7', to_timestamp((${at}) / 1000.0), 3 + i % 40
       FROM generate_series(1, ${runs}) i`,
    );
    await sql(
      `INSERT INTO event_payload (event_id, workspace_id, path, query, headers, body)
       SELECT at_ms('a', ${at}, i), ${WORKSPACE}, '/in/token', '', '[["content-type","application/json"]]', '{"n":1}'
       FROM generate_series(1, ${runs}) i`,
    );
    await sql(
      `INSERT INTO run (id, workspace_id, flow_id, version_id, event_id, kind, status, name, event_type, endpoint_id,
                        replay_of, origin_run_id, claims, error_code, error_message, failed_step, effect_counts,
                        created_at, started_at, finished_at)
       SELECT at_ms('c', ${at}, i), ${WORKSPACE}, made('f', flow_of(i)), made('b', flow_of(i)), at_ms('a', ${at}, i),
              CASE WHEN i % 5000 = 77 THEN 'replay' WHEN i % 2000 = 55 THEN 'test' ELSE 'event' END, status_of(i),
              'Order ' || i || ' of ' || md5(i::text), type_of(i), made('e', endpoint_of(i)),
              CASE WHEN i % 5000 = 77 THEN at_ms('c', ${now - DAYS * DAY} + ((i - 76) * ${step})::bigint, i - 76) END,
              at_ms('c', ${at}, i), 1, CASE WHEN status_of(i) = 'failed' THEN 'http-500' END,
              CASE WHEN status_of(i) = 'failed' THEN 'The target answered 500.' END,
              CASE WHEN status_of(i) = 'failed' THEN 'call' END, '{"http":1}', to_timestamp((${at}) / 1000.0),
              to_timestamp((${at}) / 1000.0 + 0.01), to_timestamp((${at}) / 1000.0 + 0.05)
       FROM generate_series(1, ${runs}) i WHERE endpoint_of(i) <> 1`,
    );
    await sql(
      `INSERT INTO journal_part (run_id, number, workspace_id, written_at, rows, data)
       SELECT at_ms('c', ${at}, i), 1, ${WORKSPACE}, to_timestamp((${at}) / 1000.0),
              json_build_object(
                'steps', json_build_array(json_build_array('call', 'call', 0, 'action', 'http.request', 'succeeded',
                  NULL, 1, NULL, NULL, at_ms('d', ${at}, i), NULL, NULL, NULL, NULL, ${at}, ${at})),
                'values', json_build_array(json_build_array(at_ms('d', ${at}, i), 'output', 33, 0))),
              '{"status":200,"body":{"ok":true}}'
       FROM generate_series(1, ${runs}) i WHERE endpoint_of(i) <> 1`,
    );
    await sql(
      `INSERT INTO request (id, workspace_id, endpoint_id, verdict, verification, reason, status, method, path, query,
                            headers, body, body_bytes, received_at)
       SELECT at_ms('9', ${now} - (i * 1700000)::bigint, i * 1000 + e), ${WORKSPACE}, made('e', e),
              CASE WHEN i = 500 THEN 'handshake' WHEN i % 7 = 0 THEN 'duplicate' ELSE 'refused' END, 'not verified',
              'signature-mismatch', 401, 'POST', '/in/token', '', '[]', '{}', 2,
              to_timestamp((${now} - i * 1700000) / 1000.0)
       FROM generate_series(1, ${REQUESTS_PER_ENDPOINT_MAX}) i, generate_series(0, ${ENDPOINTS - 2}) e`,
    );
    await sql(
      `INSERT INTO refusal_count (endpoint_id, workspace_id, reason, hour, count)
       SELECT made('e', e), ${WORKSPACE}, 'signature-mismatch', date_trunc('hour', now()) - h * interval '1 hour', 3
       FROM generate_series(0, ${ENDPOINTS - 2}) e, generate_series(0, ${DAYS * 24}) h`,
    );
    await sql(
      `INSERT INTO audit_entry (id, workspace_id, actor_kind, action, target_kind, target_id, at)
       SELECT at_ms('8', ${now} - i * 10000, i), ${WORKSPACE}, 'user', 'flow.save', 'flow', 'x',
         now() - i * interval '10 seconds'
       FROM generate_series(1, 100000) i`,
    );
    await sql(
      `INSERT INTO outbox_mail (id, workspace_id, message_id, sender, recipients, subject, raw, created_at)
       SELECT at_ms('7', ${now} - i * 10000, i), ${WORKSPACE}, 'm' || i, 'a@example.com', '["b@example.com"]',
         'Mail ' || i,
              convert_to(repeat('x', 2000), 'UTF8'), now() - i * interval '10 seconds'
       FROM generate_series(1, 50000) i`,
    );
    // As the autovacuum of a database that has lived for weeks leaves it.
    await sql("VACUUM ANALYZE");
    const { rows } = await client.query<{ id: string; eventId: string; replayed: string }>(
      `SELECT r.id, r.event_id AS "eventId", (SELECT replay_of FROM run WHERE replay_of IS NOT NULL LIMIT 1) AS replayed
       FROM run r WHERE workspace_id = ${WORKSPACE} ORDER BY id OFFSET 1000 LIMIT 1`,
    );
    const names = await client.query<Record<"busy" | "few" | "none" | "e0" | "e1" | "efew" | "enone" | "ws", string>>(
      `SELECT made('f', 0) AS busy, made('f', ${FLOWS - 2}) AS few, made('f', ${FLOWS - 1}) AS none, made('e', 0) AS e0,
              made('e', 1) AS e1, made('e', ${FLOWS - 2}) AS efew, made('e', ${ENDPOINTS - 1}) AS enone,
              ${WORKSPACE} AS ws`,
    );
    const [run, name] = [rows[0], names.rows[0]];
    if (run === undefined || name === undefined) throw new Error("The history is empty.");
    return {
      workspaceId: name.ws as WorkspaceId,
      flows: { busy: name.busy, few: name.few, none: name.none },
      endpoints: { busy: name.e0, few: name.efew, none: name.enone, manyWithoutRuns: name.e1 },
      eventTypes: { common: "order.created", few: "order.lost", none: "never.seen" },
      run: { id: run.id, eventId: run.eventId },
      replayed: run.replayed,
    };
  } finally {
    client.release();
  }
}

const WORKSPACE = "'11111111-1111-7111-8111-111111111111'::uuid";
const DRAFT = JSON.stringify({
  schema: 1,
  trigger: { endpointId: null, eventTypes: [], filter: null },
  runName: "",
  steps: [],
});

/**
 * `flow_of` gives half of the runs to flow 0, half of the rest to flow 2 and so on, three to the last but one, none to
 * the last; `status_of` leaves three runs canceled; the endpoint is the flow's, except that endpoint 1 starts nothing.
 */
const HELPERS = `
  CREATE FUNCTION made(kind text, i bigint) RETURNS uuid IMMUTABLE PARALLEL SAFE LANGUAGE sql AS
    $$ SELECT ('0190000' || kind || '-0000-7000-8000-' || lpad(to_hex(i), 12, '0'))::uuid $$;
  CREATE FUNCTION at_ms(kind text, ms bigint, i bigint) RETURNS uuid IMMUTABLE PARALLEL SAFE LANGUAGE sql AS
    $$ SELECT (lpad(to_hex(ms), 12, '0') || '7' || kind || '00' || '8' || lpad(to_hex(i), 15, '0'))::uuid $$;
  CREATE FUNCTION flow_of(i bigint) RETURNS int IMMUTABLE PARALLEL SAFE LANGUAGE sql AS
    $$ SELECT CASE WHEN i IN (1001, 400001, 900001) THEN ${FLOWS - 2}
                   WHEN i % 2 = 0 THEN 0 WHEN i % 4 = 1 THEN 2 WHEN i % 8 = 3 THEN 3 WHEN i % 16 = 7 THEN 4
                   ELSE 5 + (i / 16 % ${FLOWS - 7})::int END $$;
  CREATE FUNCTION endpoint_of(i bigint) RETURNS int IMMUTABLE PARALLEL SAFE LANGUAGE sql AS
    $$ SELECT CASE WHEN i % 32 = 15 THEN 1 ELSE flow_of(i) END $$;
  CREATE FUNCTION type_of(i bigint) RETURNS text IMMUTABLE PARALLEL SAFE LANGUAGE sql AS
    $$ SELECT CASE WHEN i IN (2002, 500002) THEN 'order.lost' WHEN i % 3 = 0 THEN 'order.created'
                   ELSE 'type.' || (i % 24) END $$;
  CREATE FUNCTION status_of(i bigint) RETURNS text IMMUTABLE PARALLEL SAFE LANGUAGE sql AS
    $$ SELECT CASE WHEN i IN (3002, 300002, 700002) THEN 'canceled' WHEN flow_of(i) = 2 AND i % 100 = 1 THEN 'failed'
                   WHEN i % 10 = 6 THEN 'filtered' ELSE 'succeeded' END $$;
`;
