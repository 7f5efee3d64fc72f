/** Long histories for benchmarks. @module */
import { DatabaseSync } from "node:sqlite";

/**
 * Makes `nights` nights of each machine's only one, by SQL, with noise of 1 % on the ratios: results of
 * their own would take an hour.
 */
export function repeatNights(path: string, nights: number): void {
  using database = new DatabaseSync(path);
  database.exec(`
    BEGIN;
    CREATE TEMP TABLE nights AS WITH RECURSIVE n(night) AS
      (SELECT 1 UNION ALL SELECT night + 1 FROM n WHERE night < ${nights - 1}) SELECT night FROM n;
    CREATE TEMP TABLE copies AS
      SELECT night * (SELECT count(*) FROM runs) + id AS copy, id, night FROM nights, runs;
    INSERT INTO runs SELECT copy, machine,
        strftime('%Y-%m-%dT%H:%M:%fZ', started_at, night || ' days'), ended_at,
        duration_seconds, version, firmware, gpu_driver, kernel, os, high, medium, selection,
        confirms, dry_run, synthetic
      FROM copies JOIN runs USING (id) ORDER BY copy;
    INSERT INTO results SELECT copy, randomblob(32), gzip
      FROM copies JOIN results ON run = id ORDER BY copy;
    INSERT INTO verdicts SELECT copy, claim, verdict, by_ratio, cut
      FROM copies JOIN verdicts ON run = id ORDER BY copy;
    WITH noisy AS MATERIALIZED (SELECT copy, series, ratio, low, high, n, 1 + random() / 9.3e20 AS f
      FROM copies JOIN ratios ON run = id ORDER BY copy)
    INSERT INTO ratios SELECT copy, series, ratio * f, low * f, high * f, n FROM noisy;
    COMMIT;`);
}
