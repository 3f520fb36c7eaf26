import pg from "pg";

/** What was written to the write-ahead log between two moments, counted record by record. */
export type WalUse = {
  /** Rows inserted, updated and deleted; a row that is only locked is no row written. */
  rows: number;
  /** Entries added to B-tree indexes. */
  indexEntries: number;
  records: number;
  /** Without the page images that follow a checkpoint: those depend on when it came. */
  bytes: number;
  commits: number;
};

/** Counts what the server behind a superuser's URL writes, by its own extension pg_walinspect. */
export async function openWalReader(superuserUrl: string) {
  const client = new pg.Client(superuserUrl);
  await client.connect();
  await client.query("CREATE EXTENSION IF NOT EXISTS pg_walinspect");
  // What is to be counted must still be there.
  await client.query("ALTER SYSTEM SET wal_keep_size = '8GB'");
  await client.query("SELECT pg_reload_conf()");
  return {
    /** Where the log ends now. */
    async position(): Promise<string> {
      const { rows } = await client.query<{ at: string }>("SELECT pg_current_wal_flush_lsn()::text AS at");
      return rows[0]?.at ?? "0/0";
    },
    async writtenSince(position: string): Promise<WalUse> {
      // What was written without waiting for the disk is on it once somebody who waits has written.
      await client.query("SELECT pg_logical_emit_message(true, 'bench', '')");
      const { rows } = await client.query<{ name: string; count: number; bytes: number }>(
        `SELECT "resource_manager/record_type" AS name, count::float8 AS count, record_size::float8 AS bytes
         FROM pg_get_wal_stats($1, pg_current_wal_flush_lsn(), true) WHERE count > 0`,
        [position],
      );
      const sum = (of: RegExp, what: "count" | "bytes" = "count") =>
        rows.reduce((total, row) => (of.test(row.name) ? total + row[what] : total), 0);
      return {
        rows: sum(/^Heap\/(INSERT|UPDATE|HOT_UPDATE|DELETE)/),
        indexEntries: sum(/^Btree\/(INSERT_LEAF|INSERT_POST|SPLIT_)/),
        records: sum(/./),
        bytes: sum(/./, "bytes"),
        commits: sum(/^Transaction\/COMMIT/),
      };
    },
    close: () => client.end(),
  };
}
