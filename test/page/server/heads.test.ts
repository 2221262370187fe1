import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openDatabase } from '../../../src/formats/duckdb.ts';
import { writeNpy } from '../../../src/formats/npy.ts';
import { writeSafetensors } from '../../../src/formats/safetensors.ts';
import { fileHead } from '../../../src/page/server/data/heads/head.ts';
import type { HeadView } from '../../../src/page/views/artifact-view.ts';
import { temporaryFolder } from '../../helpers/run-kind.ts';

async function headOf(path: string, write: (file: string) => unknown): Promise<HeadView> {
  const folder = temporaryFolder();
  await write(join(folder, path));
  const manifest = { files: [{ path, size: 0, sha256: '' }] };
  return (await fileHead({ path: folder, manifest } as unknown as Parameters<typeof fileHead>[0], path))!;
}

describe('the head of a file', () => {
  it('of a TSV is its first rows, with the header as columns', async () => {
    const head = await headOf('a.tsv', (file) => {
      writeFileSync(file, 'query\tmodel/mrr@10\nq1\t0.5\nq2\t\n');
    });
    expect(head).toMatchObject({
      type: 'table',
      left: null,
      tables: [
        {
          columns: ['query', 'model/mrr@10'],
          rows: [
            ['q1', '0.5'],
            ['q2', ''],
          ],
          total: 2,
        },
      ],
    });
  });

  it('of a matrix is its shape and its first values', async () => {
    const head = await headOf('a.npy', (file) => {
      writeNpy(file, 2, 3, [Float32Array.of(1, 2, 3, 4, 5, NaN)]);
    });
    expect(head).toMatchObject({
      type: 'tensors',
      tensors: [
        {
          type: 'F32',
          shape: [2, 3],
          rows: [
            [1, 2, 3],
            [4, 5, null],
          ],
        },
      ],
    });
  });

  it('of safetensors is each tensor', async () => {
    const head = await headOf('a.safetensors', (file) => {
      writeSafetensors(file, {
        ids: { shape: [2], data: Uint32Array.of(7, 9) },
        weights: { shape: [1, 2], data: Float32Array.of(0.5, -1) },
      });
    });
    expect(head).toMatchObject({
      type: 'tensors',
      tensors: [
        { name: 'ids', type: 'U32', rows: [[7, 9]] },
        { name: 'weights', type: 'F32', rows: [[0.5, -1]] },
      ],
    });
  });

  it('of a database, and of Parquet, is the first rows of each table', async () => {
    const database = await headOf('a.duckdb', async (file) => {
      const made = await openDatabase(file);
      await made.run(`CREATE TABLE "odd ""name" AS SELECT range AS n, 'text ' || range AS t FROM range(60)`);
      made.close();
    });
    expect(database).toMatchObject({
      type: 'table',
      tables: [{ name: 'odd "name', columns: ['n', 't'], total: 60 }],
    });
    const parquet = await headOf('a.parquet', async (file) => {
      const made = await openDatabase(':memory:');
      await made.run(`COPY (SELECT 1 AS one) TO '${file}' (FORMAT parquet)`);
      made.close();
    });
    expect(parquet).toMatchObject({
      type: 'table',
      tables: [{ name: null, columns: ['one'], rows: [['1']] }],
    });
  });

  it('of a file that is not what its name says is its bytes or its text', async () => {
    const write = (content: string | Uint8Array) => (file: string) => {
      writeFileSync(file, content);
    };
    expect(await headOf('a.npy', write('no matrix'))).toMatchObject({ type: 'text', text: 'no matrix' });
    expect(await headOf('a.bin', write(Uint8Array.of(0, 255)))).toMatchObject({
      type: 'binary',
      hex: '00ff',
    });
    expect(await headOf('a.json', write('{"a":'))).toMatchObject({ type: 'json', text: '{"a":' });
  });

  it('is read of files of the manifest alone', async () => {
    const folder = temporaryFolder();
    const artifact = { path: folder, manifest: { files: [] } } as unknown as Parameters<typeof fileHead>[0];
    expect(await fileHead(artifact, '../../../../etc/passwd')).toBeUndefined();
  });
});
