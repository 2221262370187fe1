/** Objects in a folder that several machines share, such as an NFS mount. A file appears whole, by link or rename. */
import { randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream, promises as fs } from 'node:fs';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { reasonOf } from '../../../base/system-error.ts';
import { checkedStream } from './checked-stream.ts';
import type { ObjectInfo, Objects } from './objects.ts';
import { RemoteFault, type FaultKind } from './remote-fault.ts';

export function folderObjects(address: string): Objects {
  const root = fileURLToPath(address);
  const pathOf = (name: string): string => join(root, name);
  const guarded = async <T>(doing: string, work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      throw faultOf(error, doing);
    }
  };
  /** Absent only below a folder that is there: an NFS mount that is gone is not an empty store. */
  const orAbsent = async <T>(doing: string, work: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await work();
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw faultOf(error, doing);
      await guarded(doing, () => fs.access(root));
      return undefined;
    }
  };
  const aside = async (name: string, write: (path: string) => Promise<void>, publish: 'link' | 'rename') => {
    const path = pathOf(name);
    const temporary = join(dirname(path), `.${randomUUID()}.part`);
    // The root itself must exist: creating it would fill the folder under a mount that is gone.
    await fs.access(root);
    await makeFolders(dirname(path));
    try {
      await write(temporary);
      if (publish === 'rename') await fs.rename(temporary, path);
      else await fs.link(temporary, path);
    } finally {
      await fs.rm(temporary, { force: true });
    }
  };

  return {
    url: address,
    read: (name) => orAbsent(`reading ${name}`, () => fs.readFile(pathOf(name))),
    open: (name, from) =>
      orAbsent(`reading ${name}`, async () => {
        const { size } = await fs.stat(pathOf(name));
        return { size, from, body: createReadStream(pathOf(name), { start: from, highWaterMark: 1 << 20 }) };
      }),
    head: (name) =>
      orAbsent(`looking for ${name}`, async () => {
        const { size, mtimeMs } = await fs.stat(pathOf(name));
        return { name, size, modified: mtimeMs };
      }),
    write: (name, content, { createOnly }) =>
      guarded(`writing ${name}`, async () => {
        try {
          await aside(
            name,
            (path) => fs.writeFile(path, content, { flush: true }),
            createOnly ? 'link' : 'rename',
          );
          return 'written';
        } catch (error) {
          if (createOnly && (error as NodeJS.ErrnoException).code === 'EEXIST') return 'exists';
          throw error;
        }
      }),
    upload: (name, file, signal) =>
      guarded(`writing ${name}`, () =>
        aside(
          name,
          async (path) => {
            const checked = checkedStream(createReadStream(file.path, { highWaterMark: 1 << 20 }), file);
            await pipeline(checked.stream, createWriteStream(path, { flush: true, highWaterMark: 1 << 20 }), {
              signal,
            });
            checked.confirm();
          },
          'rename',
        ),
      ),
    remove: (name) => guarded(`removing ${name}`, () => fs.rm(pathOf(name), { force: true })),
    list: async function* (prefix) {
      await guarded(`listing ${prefix}`, () => fs.access(root));
      yield* listed(root, prefix);
    },
  };
}

/** Not by `recursive`: of a file system that is read-only, Node then says that a folder is missing. */
async function makeFolders(folder: string): Promise<void> {
  try {
    await fs.mkdir(folder);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') return;
    if (code !== 'ENOENT') throw error;
    await makeFolders(dirname(folder));
    await makeFolders(folder);
  }
}

async function* listed(root: string, prefix: string): AsyncGenerator<ObjectInfo> {
  let entries;
  try {
    entries = await fs.readdir(join(root, prefix), { withFileTypes: true });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw faultOf(error, `listing ${prefix}`);
  }
  for (const entry of entries) {
    const name = `${prefix}${entry.name}`;
    if (entry.isDirectory()) yield* listed(root, `${name}/`);
    else if (!entry.name.startsWith('.')) {
      const stat = await fs.stat(join(root, name)).catch(() => undefined);
      if (stat) yield { name, size: stat.size, modified: stat.mtimeMs };
    }
  }
}

const KINDS: Readonly<Record<string, FaultKind>> = {
  EACCES: 'denied',
  EPERM: 'denied',
  EROFS: 'denied',
  ENOENT: 'unreachable',
  ESTALE: 'server',
  EIO: 'server',
};

function faultOf(error: unknown, doing: string): Error {
  if (error instanceof RemoteFault || (error as Error).name === 'AbortError') return error as Error;
  const { code = '' } = error as NodeJS.ErrnoException;
  return new RemoteFault(KINDS[code] ?? 'refused', `${doing}: ${reasonOf(error)}`, {
    hint: code === 'ENOENT' ? 'Create the folder, or mount its file system.' : undefined,
    cause: error,
  });
}
