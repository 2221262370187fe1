import {
  createWriteStream,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import zlib from 'node:zlib';
import { pack, type Headers } from 'tar-stream';
import { describe, expect, it } from 'vitest';
import { PipelineError } from '../../src/base/diagnostic.ts';
import { writeArchive } from '../../src/history/export.ts';
import { readArchive, type Received } from '../../src/history/import.ts';
import { digestOfFiles, type ArtifactFile, type Manifest } from '../../src/store/manifest.ts';
import { temporaryFolder } from '../helpers/run-kind.ts';
import { makeArtifact } from '../store/fixtures.ts';
import { emptyStore, runRecord } from './records.ts';

const signal = new AbortController().signal;
const record = runRecord(1);
const notes = { tags: ['paper'], note: 'as submitted' };

async function exported(file: string): Promise<Manifest> {
  const artifact = makeArtifact(emptyStore(), 1);
  await writeArchive({ record, notes, artifacts: [artifact] }, file, signal);
  return artifact.manifest;
}

function read(file: string): Promise<Received> {
  return readArchive(file, temporaryFolder(), signal);
}

async function refusal(file: string): Promise<string> {
  try {
    await read(file);
  } catch (error) {
    if (error instanceof PipelineError && error.code === 'E_ARCHIVE') return error.message;
    throw error;
  }
  throw new Error('the archive was taken');
}

describe('an archive', () => {
  it.each(['run.tar', 'run.tar.gz', ...('createZstdCompress' in zlib ? ['run.tar.zst'] : [])])(
    'gives back what went in: %s',
    async (name) => {
      const file = join(temporaryFolder(), name);
      const manifest = await exported(file);
      const received = await read(file);
      expect([received.record, received.notes]).toEqual([record, notes]);
      const [artifact] = received.artifacts;
      expect(artifact!.manifest).toEqual(manifest);
      expect(readFileSync(join(artifact!.folder, 'content.txt'), 'utf8')).toBe('content 1\n');
    },
  );

  it('of the same run has the same bytes', async () => {
    const folder = temporaryFolder();
    const files = ['a.tar.gz', 'b.tar.gz'].map((name) => join(folder, name));
    for (const file of files) await exported(file);
    expect(readFileSync(files[0]!).equals(readFileSync(files[1]!))).toBe(true);
  });

  it('is not left half-written, and does not carry damage', async () => {
    const folder = temporaryFolder();
    const artifact = makeArtifact(emptyStore(), 1);
    rmSync(join(artifact.path, 'content.txt'));
    writeFileSync(join(artifact.path, 'content.txt'), 'content 9\n');
    const file = join(folder, 'run.tar');
    await expect(writeArchive({ record, notes, artifacts: [artifact] }, file, signal)).rejects.toThrow(
      'has changed since it was made',
    );
    expect(readdirSync(folder)).toEqual([]);
  });

  it('is refused if it is truncated anywhere, or is not an archive', async () => {
    const folder = temporaryFolder();
    for (const name of ['run.tar', 'run.tar.gz']) {
      const file = join(folder, name);
      for (const part of [0.3, 0.6, 0.9]) {
        rmSync(file, { force: true });
        await exported(file);
        truncateSync(file, Math.floor(readFileSync(file).length * part));
        expect(await refusal(file)).toMatch(/damaged or truncated|is missing|not valid JSON/);
      }
    }
    writeFileSync(join(folder, 'text.tar'), 'not an archive');
    expect(await refusal(join(folder, 'text.tar'))).toContain('is not a tar, tar.gz or tar.zst archive');
  });
});

type Entry = readonly [header: Headers, content: string];

/** A tar file of the given entries. */
async function tarOf(entries: readonly Entry[]): Promise<string> {
  const file = join(temporaryFolder(), 'evil.tar');
  const tar = pack();
  for (const [header, content] of entries)
    tar.entry(header, ...(((header.type ?? 'file') === 'file' ? [content] : []) as [string]));
  tar.finalize();
  await pipeline(tar, createWriteStream(file));
  return file;
}

/** A sound archive's entries, with the artifact's files as given. */
function entriesOf(files: readonly ArtifactFile[], contents: Readonly<Record<string, string>>): Entry[] {
  const base = makeArtifact(emptyStore(), 1).manifest;
  const manifest = { ...base, files, digest: digestOfFiles(files) };
  const { kind, key, digest } = manifest;
  const folder = `artifacts/${kind}/${key}`;
  const json = (value: unknown): string => JSON.stringify(value);
  return [
    [{ name: 'export.json' }, json({ format: 1, run: record.id, artifacts: [{ kind, key, digest }] })],
    [{ name: `runs/${record.id}.json` }, json(record)],
    [{ name: `${folder}/manifest.json` }, json(manifest)],
    ...Object.entries(contents).map(([path, content]): Entry => [{ name: `${folder}/${path}` }, content]),
  ];
}

function listed(path: string): ArtifactFile {
  const [file] = makeArtifact(emptyStore(), 1).manifest.files;
  return { ...file!, path };
}

describe('a malicious archive', () => {
  const content = 'content 1\n';
  it('is read if it is valid', async () => {
    const file = await tarOf(entriesOf([listed('content.txt')], { 'content.txt': content }));
    expect((await read(file)).artifacts).toHaveLength(1);
  });

  it.each([
    '../../../escaped',
    '/tmp/escaped',
    'a/../../escaped',
    './escaped',
    'a//b',
    'a\\b',
    'manifest.json',
    '',
  ])("cannot put a file at '%s'", async (path) => {
    const outside = temporaryFolder();
    const work = join(outside, 'a', 'b', 'work');
    mkdirSync(work, { recursive: true });
    const file = await tarOf(entriesOf([listed(path)], { [path]: content }));
    await expect(readArchive(file, work, signal)).rejects.toThrow(/outside its folder|unexpected entry/);
    expect([readdirSync(outside), readdirSync(join(outside, 'a')), existsSync('/tmp/escaped')]).toEqual([
      ['a'],
      ['b'],
      false,
    ]);
  });

  it('cannot bring links, devices or folders', async () => {
    for (const type of ['symlink', 'link', 'directory', 'character-device', 'fifo'] as const) {
      const entries = entriesOf([listed('content.txt')], {});
      const { name } = entries[2]![0];
      const link: Entry = [
        { name: name.replace('manifest.json', 'content.txt'), type, linkname: '/etc/passwd' },
        '',
      ];
      expect(await refusal(await tarOf([...entries, link]))).toContain('is not a regular file');
    }
  });

  it('cannot write through a link that is already in the work folder', async () => {
    const work = temporaryFolder();
    const outside = temporaryFolder();
    const entries = entriesOf([listed('content.txt')], { 'content.txt': content });
    const key = /[0-9a-f]{64}/.exec(entries[2]![0].name)![0];
    mkdirSync(join(work, key));
    symlinkSync(join(outside, 'target'), join(work, key, 'content.txt'));
    await expect(readArchive(await tarOf(entries), work, signal)).rejects.toThrow();
    expect(readdirSync(outside)).toEqual([]);
  });

  it.each<[string, (entries: Entry[]) => Entry[], RegExp]>([
    [
      'other bytes',
      (entries) => change(entries, 'content.txt', 'content 2\n'),
      /does not match its hash in the manifest/,
    ],
    [
      'more bytes',
      (entries) => change(entries, 'content.txt', 'content 1\n\n'),
      /has 11 bytes, but 10 in its manifest/,
    ],
    ['a missing file', (entries) => entries.slice(0, -1), /the file content.txt of .* is missing/],
    ['a file twice', (entries) => [...entries, entries.at(-1)!], /is in the archive twice/],
    ['a stray file', (entries) => [...entries, [{ name: 'stray' }, '']], /unexpected entry 'stray'/],
    [
      'a file before its manifest',
      (entries) => [...entries.slice(0, 2), entries[3]!, entries[2]!],
      /is not in the manifest/,
    ],
    ['no artifact', (entries) => entries.slice(0, 2), /is missing/],
    ['no contents', (entries) => entries.slice(1), /does not begin with export.json/],
    [
      'a foreign record',
      (entries) => change(entries, `runs/${record.id}.json`, JSON.stringify(runRecord(2))),
      /is not the record of run/,
    ],
    [
      'an edited manifest',
      (entries) => edit(entries, 'manifest.json', '"id":1', '"id":2'),
      /belongs to another artifact/,
    ],
    [
      'warnings that are no texts',
      (entries) => edit(entries, 'manifest.json', '"files":', '"warnings":[{"message":1}],"files":'),
      /warnings of .* are no list of texts/,
    ],
    [
      'an edited digest',
      (entries) => edit(entries, 'export.json', /"digest":"./, '"digest":"x'),
      /do not match its digest/,
    ],
    [
      'a reserved kind',
      (entries) =>
        entries.map(([header, text]) => [
          { ...header, name: header.name.replace('/made/', '/runs/') },
          text.replaceAll('"kind":"made"', '"kind":"runs"'),
        ]),
      /is not a valid name of a stage kind/,
    ],
    ['torn JSON', (entries) => edit(entries, 'export.json', '}', ''), /is not valid JSON/],
  ])('is refused with %s', async (_, alter, message) => {
    const entries = entriesOf([listed('content.txt')], { 'content.txt': content });
    expect(await refusal(await tarOf(alter(entries)))).toMatch(message);
  });
});

function change(entries: readonly Entry[], end: string, content: string): Entry[] {
  return entries.map((entry) => (entry[0].name.endsWith(end) ? [entry[0], content] : entry));
}

function edit(entries: readonly Entry[], end: string, before: string | RegExp, after: string): Entry[] {
  return entries.map((entry) =>
    entry[0].name.endsWith(end) ? [entry[0], entry[1].replace(before, after)] : entry,
  );
}
