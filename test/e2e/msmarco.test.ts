import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { openDatabase } from '../../src/formats/duckdb.ts';
import { temporaryFolder } from '../helpers/run-kind.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const SPEC = join(root, 'pipelines', 'msmarco.yaml');

function pipeline(...args: string[]): string {
  return execFileSync(process.execPath, [join(root, 'dist', 'pipeline.cjs'), ...args], { encoding: 'utf8' });
}

describe('pipelines/msmarco.yaml', () => {
  it('is a valid spec, also with the limit from its first lines', () => {
    const store = temporaryFolder();
    const limit = 'corpus.limit={train: 5000, validation: 500, test: 500}';
    for (const more of [[], ['--set', limit]]) {
      const plan = pipeline('plan', SPEC, '--store', store, ...more);
      for (const stage of [
        'corpus',
        'tokens',
        'vectors',
        'meaning',
        'triplets',
        'model',
        'embeddings',
        'index',
        'report',
      ])
        expect(plan).toMatch(new RegExp(`^${stage} `, 'm'));
    }
  });

  it('reads local copies of the files', async () => {
    const folder = temporaryFolder();
    const database = await openDatabase(':memory:');
    for (const split of ['train', 'validation', 'test'])
      await database.run(`COPY (
        SELECT ['yes'] AS answers, {is_selected: [0, 1]::INTEGER[], passage_text: ['no', 'yes it does'], url: ['', '']}
               AS passages, 'does it' AS query, 7 AS query_id, 'description' AS query_type
      ) TO '${join(folder, `${split}-00000-of-00001.parquet`)}' (FORMAT parquet)`);
    database.close();
    const store = temporaryFolder();
    const options = ['--store', store, '--set', `params.data=${folder}`];
    pipeline('run', SPEC, '--only', 'corpus', ...options);
    const shown = JSON.parse(pipeline('show', SPEC, ...options, '--json')) as {
      stages: Record<string, { state: string; metrics: object }>;
    };
    expect(shown.stages['corpus']).toMatchObject({ metrics: { documents: 2, queries: 3, qrels: 3 } });
  });
});
