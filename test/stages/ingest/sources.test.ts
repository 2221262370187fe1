import { once } from 'node:events';
import { symlinkSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it, onTestFinished } from 'vitest';
import { digestOf as hashOf } from '../../../src/base/hash.ts';
import { openExternalFiles } from '../../../src/store/external.ts';
import { refuseMovingRevision } from '../../../stages/ingest/revision.ts';
import { digestOf, folderOf, ingest, jsonl } from './fixtures.ts';

const row = (id: number): object => ({
  query_id: id,
  query: `question ${id}`,
  passages: { is_selected: [1], passage_text: [`answer ${id}`] },
});

/** A server of files; gives its address and the paths that were asked for. */
async function serve(files: Readonly<Record<string, Buffer>>): Promise<{ url: string; asked: string[] }> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url!);
    const file = files[request.url!.slice(1)];
    if (file) response.writeHead(200, { 'content-length': file.length }).end(file);
    else response.writeHead(404).end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}

describe('sources', () => {
  it('may be URLs: the same corpus as from files, and what was received is recorded', async () => {
    const packed = gzipSync(jsonl(row(1), row(2)));
    const server = await serve({ 'a.jsonl.gz': packed });
    const url = `${server.url}/a.jsonl.gz`;
    const local = join(folderOf({ 'a.jsonl.gz': packed }), 'a.jsonl.gz');
    const fetched = await ingest({ format: 'msmarco', splits: { train: url } });
    const read = await ingest({ format: 'msmarco', splits: { train: local } });
    expect(digestOf(fetched)).toBe(digestOf(read));
    expect(fetched.summary.sources).toEqual([{ url, sha256: hashOf(packed), bytes: packed.length }]);
    expect(fetched.progress).toContainEqual({
      done: packed.length,
      total: packed.length,
      unit: 'bytes',
      note: 'downloading a.jsonl.gz',
    });
    expect(server.asked).toEqual(['/a.jsonl.gz']);
  });

  it('that cannot be downloaded stop the stage with a hint', async () => {
    const { url } = await serve({});
    await expect(ingest({ format: 'msmarco', splits: { train: `${url}/none.jsonl` } })).rejects.toMatchObject(
      {
        code: 'E_DOWNLOAD',
        message: expect.stringContaining('the server answers 404') as string,
        hint: expect.stringContaining('path of a local copy') as string,
      },
    );
  });

  it('from a glob are in the order of their names, and splits in the order of the spec', async () => {
    const folder = folderOf({
      'part-10.jsonl': jsonl(row(10)),
      'part-02.jsonl': jsonl(row(2)),
      'other.jsonl': jsonl(row(5)),
    });
    const { queries } = await ingest({
      format: 'msmarco',
      splits: { test: join(folder, 'other.jsonl'), train: join(folder, 'part-*.jsonl') },
    });
    expect(queries.map(([split, name]) => `${split} ${name}`)).toEqual(['test 5', 'train 2', 'train 10']);
  });

  it('of a glob are those that a key covers: through links to folders too, and no link twice', async () => {
    const folder = folderOf({ 'disk/part-01.jsonl': jsonl(row(1)), 'data/part-02.jsonl': jsonl(row(2)) });
    symlinkSync('../disk', join(folder, 'data', 'more'));
    symlinkSync('.', join(folder, 'data', 'again'));
    symlinkSync('nowhere', join(folder, 'data', 'part-03.jsonl'));
    const glob = join(folder, 'data', '**', '*.jsonl');
    const { queries } = await ingest({ format: 'msmarco', splits: { train: glob } });
    const covered = await openExternalFiles(join(folder, 'store', 'cache')).resolve(glob);
    expect(queries.map(([, name]) => name)).toEqual(['1', '2']);
    expect(covered.files().map(({ name }) => name)).toEqual(['more/part-01.jsonl', 'part-02.jsonl']);
  });
});

describe('a URL whose content can change', () => {
  const commit = '0123456789abcdef0123456789abcdef01234567';
  it.each([
    'https://huggingface.co/datasets/microsoft/ms_marco/resolve/main/v1.1/train-00000-of-00001.parquet',
    'https://huggingface.co/datasets/microsoft/ms_marco/resolve/refs%2Fconvert%2Fparquet/v1.1/train/0000.parquet',
    'https://raw.githubusercontent.com/a/b/master/c.csv',
    'https://github.com/a/b/raw/main/c.csv',
  ])('is rejected: %s', (url) => {
    expect(() => {
      refuseMovingRevision(url);
    }).toThrow('which can change');
    const pinned = url.replace(/main|refs%2Fconvert%2Fparquet|master/, commit);
    expect(() => {
      refuseMovingRevision(pinned);
    }).not.toThrow();
  });

  it('is rejected before anything is downloaded, with a hint how to pin it', async () => {
    const url = 'https://huggingface.co/datasets/a/b/resolve/main/c.parquet';
    await expect(ingest({ format: 'msmarco', splits: { train: url } })).rejects.toMatchObject({
      code: 'E_INPUT',
      hint: expect.stringContaining('Use the commit (40 hexadecimal digits) instead') as string,
    });
  });

  it('of another host is accepted', () => {
    expect(() => {
      refuseMovingRevision('http://example.com/main/data.csv');
    }).not.toThrow();
  });
});
