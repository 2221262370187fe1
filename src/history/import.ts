/**
 * Reads an archive without trusting it: names are checked against a fixed form and against the manifests, and files
 * are written to a work folder and hashed there. They are published only if everything is correct.
 */
import { createReadStream, createWriteStream, existsSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { extract, type Entry } from 'tar-stream';
import { PipelineError } from '../base/diagnostic.ts';
import { reasonOf } from '../base/system-error.ts';
import { canonicalJson, isObject, type Json } from '../base/json.ts';
import { MANIFEST, RESERVED_NAMES } from '../store/layout.ts';
import { digestOfFiles, keyOf, type Manifest } from '../store/manifest.ts';
import { seal } from '../store/seal.ts';
import type { Sealed } from '../store/store.ts';
import { compressionIn, CONTENTS, decompressor, type Contents } from './archive.ts';
import { parseRunRecord, type RunRecord } from './record.ts';

export interface Received {
  readonly record: RunRecord;
  readonly notes: { readonly tags: readonly string[]; readonly note: string | null } | undefined;
  readonly artifacts: readonly Sealed[];
}

/** Limit for JSON files in an archive, such as manifests. */
const LARGEST_TEXT = 256 * 1024 * 1024;

export function refused(message: string): PipelineError {
  return new PipelineError('E_ARCHIVE', message, { hint: 'Nothing was imported.' });
}

/** Unpacks everything into `work` and checks it. Throws `E_ARCHIVE` for an invalid archive. */
export async function readArchive(file: string, work: string, signal: AbortSignal): Promise<Received> {
  const compression = compressionIn(file);
  if (compression === undefined) throw refused(`${file} is not a tar, tar.gz or tar.zst archive`);
  const receiver = newReceiver(work);
  const tar = extract();
  const taken = (async (): Promise<void> => {
    for await (const entry of tar) await receiver.take(entry);
  })();
  try {
    await Promise.all([
      pipeline([createReadStream(file), ...decompressor(compression), tar], { signal }),
      taken,
    ]);
  } catch (error) {
    // The pipeline also fails when an entry is refused, and then the refusal is the reason.
    const reason: unknown = await taken.then(
      () => error,
      (first: unknown) => first,
    );
    if (reason instanceof PipelineError) throw reason;
    signal.throwIfAborted();
    throw refused(`${file} is damaged or truncated: ${reasonOf(reason)}`);
  }
  return receiver.finish();
}

interface Receiver {
  take(entry: Entry): Promise<void>;
  finish(): Received;
}

const RUN = /^runs\/([0-9A-Za-z][0-9A-Za-z_-]*)\.json$/;
const NOTES = /^runs\/notes\/([0-9A-Za-z][0-9A-Za-z_-]*)\.json$/;
const ARTIFACT = /^artifacts\/([^/]+)\/([0-9a-f]{64})\/(.+)$/s;

function newReceiver(work: string): Receiver {
  let contents: Contents | undefined;
  let record: RunRecord | undefined;
  let notes: Received['notes'];
  const manifests = new Map<string, Manifest>();

  const takeManifest = async (entry: Entry, kind: string, key: string): Promise<void> => {
    const announced = contents!.artifacts.find((one) => one.kind === kind && one.key === key);
    const manifest = await jsonOf(entry);
    if (!announced || manifests.has(key))
      throw refused(`unexpected entry '${entry.header.name}' in the archive`);
    checkManifest(manifest, announced);
    manifests.set(key, manifest);
    mkdirSync(join(work, key), { recursive: true });
  };

  const takeFile = async (entry: Entry, key: string, path: string): Promise<void> => {
    const { name, size } = entry.header;
    const listed = manifests.get(key)?.files.find((file) => file.path === path);
    if (!listed) throw refused(`${name} is not in the manifest of its artifact`);
    if (listed.size !== size)
      throw refused(`${name} has ${size ?? 0} bytes, but ${listed.size} in its manifest`);
    const target = join(work, key, path);
    mkdirSync(dirname(target), { recursive: true });
    if (existsSync(target)) throw refused(`${name} is in the archive twice`);
    await pipeline(entry, createWriteStream(target, { flags: 'wx' }));
  };

  return {
    async take(entry): Promise<void> {
      const { name, type } = entry.header;
      if (type !== 'file') throw refused(`${name} is not a regular file (${type ?? 'unknown type'})`);
      if (name === CONTENTS && !contents) contents = contentsOf(await jsonOf(entry));
      else if (!contents)
        throw refused(`the archive does not begin with ${CONTENTS}, so it is not an exported run`);
      else if (RUN.test(name) && !record)
        record = recordOf(await jsonOf(entry), RUN.exec(name)![1]!, contents);
      else if (NOTES.exec(name)?.[1] === contents.run) notes = notesOf(await jsonOf(entry));
      else {
        const [, kind, key, path] = ARTIFACT.exec(name) ?? [];
        if (kind === undefined) throw refused(`unexpected entry '${name}' in the archive`);
        if (path === MANIFEST) await takeManifest(entry, kind, key!);
        else await takeFile(entry, key!, path!);
      }
    },
    finish(): Received {
      if (!contents || !record) throw refused('the archive is empty or truncated');
      const artifacts = contents.artifacts.map(({ kind, key }): Sealed => {
        const manifest = manifests.get(key);
        if (!manifest) throw refused(`the artifact ${kind}/${key} is missing`);
        checkContent(join(work, key), manifest);
        return { folder: join(work, key), work, manifest };
      });
      return { record, notes, artifacts };
    },
  };
}

async function jsonOf(entry: Entry): Promise<never> {
  const { name, size = 0 } = entry.header;
  if (size > LARGEST_TEXT) throw refused(`${name} is too large: ${size} bytes`);
  const chunks: Buffer[] = [];
  for await (const chunk of entry as unknown as Readable) chunks.push(chunk as Buffer);
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8')) as never;
  } catch {
    throw refused(`${name} is not valid JSON`);
  }
}

export function contentsOf(value: unknown): Contents {
  const sound =
    isObject(value) &&
    value['format'] === 1 &&
    typeof value['run'] === 'string' &&
    Array.isArray(value['artifacts']) &&
    value['artifacts'].every((one) => isObject(one) && typeof one['kind'] === 'string');
  if (!sound) throw refused(`${CONTENTS} has a format that this version does not know`);
  return value as unknown as Contents;
}

export function recordOf(value: unknown, id: string, { run }: Contents): RunRecord {
  const record = parseRunRecord(JSON.stringify(value));
  if (record?.id !== id || id !== run) throw refused(`runs/${id}.json is not the record of run ${run}`);
  return record;
}

function notesOf(value: unknown): Received['notes'] {
  if (!isObject(value) || !Array.isArray(value['tags'])) return undefined;
  const tags = value['tags'].filter((tag): tag is string => typeof tag === 'string');
  return { tags, note: typeof value['note'] === 'string' ? value['note'] : null };
}

const KIND = /^[A-Za-z0-9_][A-Za-z0-9_.+@-]*$/;

export function checkManifest(manifest: Manifest, announced: Contents['artifacts'][number]): void {
  const { kind, key } = announced;
  const name = `artifacts/${kind}/${key}`;
  if (!KIND.test(kind) || (RESERVED_NAMES as readonly string[]).includes(kind))
    throw refused(`'${kind}' is not a valid name of a stage kind`);
  if (!isObject(manifest) || !Array.isArray(manifest.files) || !isObject(manifest.keyDocument))
    throw refused(`the manifest of ${name} has a format that this version does not know`);
  if (manifest.warnings !== undefined && !areWarnings(manifest.warnings))
    throw refused(`the warnings of ${name} are no list of texts`);
  if (manifest.kind !== kind || manifest.key !== key || keyOf(manifest.keyDocument) !== key)
    throw refused(`the manifest of ${name} belongs to another artifact`);
  for (const { path } of manifest.files)
    if (typeof path !== 'string' || !isInside(path))
      throw refused(`${name} lists a file outside its folder: ${JSON.stringify(path)}`);
  if (digestOfFiles(manifest.files) !== manifest.digest || manifest.digest !== announced.digest)
    throw refused(`the files listed for ${name} do not match its digest`);
}

/** No digest covers them, so that an archive may say anything there. */
function areWarnings(warnings: unknown): boolean {
  return (
    Array.isArray(warnings) &&
    warnings.every(
      (warning) =>
        isObject(warning) &&
        typeof warning['message'] === 'string' &&
        Object.values(warning).every((text) => typeof text === 'string'),
    )
  );
}

/** Whether the path is relative, has forward slashes, stays inside the folder, and is not the manifest. */
function isInside(path: string): boolean {
  const parts = path.split('/');
  return (
    path !== MANIFEST &&
    !/[\\\0]/.test(path) &&
    parts.every((part) => part !== '' && part !== '.' && part !== '..')
  );
}

/** Hashes the unpacked files, and makes them durable and read-only. */
function checkContent(folder: string, manifest: Manifest): void {
  const logical = manifest.files.flatMap(({ path, logical: text }) =>
    text === undefined ? [] : [[path, text]],
  );
  for (const { path } of manifest.files)
    if (!existsSync(join(folder, path)))
      throw refused(`the file ${path} of ${manifest.kind}/${manifest.key} is missing`);
  const sealed = new Map(
    seal(folder, Object.fromEntries(logical) as Record<string, string>).map((file) => [file.path, file]),
  );
  for (const file of manifest.files)
    if (canonicalJson(sealed.get(file.path) as unknown as Json) !== canonicalJson(file as unknown as Json))
      throw refused(`${manifest.kind}/${manifest.key}: ${file.path} does not match its hash in the manifest`);
}
