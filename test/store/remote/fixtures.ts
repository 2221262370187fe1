/** Remote stores and machines that use them. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { onTestFinished } from 'vitest';
import { storeLayout, type StoreLayout } from '../../../src/store/layout.ts';
import { localStore } from '../../../src/store/local/local-store.ts';
import { digestOfFiles } from '../../../src/store/manifest.ts';
import { openRemote, type Remote } from '../../../src/store/remote/remote.ts';
import { remoteBackedStore } from '../../../src/store/remote/remote-backed-store.ts';
import type { RemoteSettings } from '../../../src/store/remote/open-objects.ts';
import { seal } from '../../../src/store/seal.ts';
import type { Sealed, Store } from '../../../src/store/store.ts';
import { temporaryFolder } from '../../helpers/run-kind.ts';
import { manifestFor } from '../fixtures.ts';

export interface Machine {
  readonly layout: StoreLayout;
  readonly store: Store;
  readonly remote: Remote;
  /** What the user was told. */
  readonly notices: string[];
  /** Resolves when everything that was put is uploaded. */
  readonly uploaded: () => Promise<void>;
}

/** A machine with an empty store of its own in front of the remote one. */
export function machine(settings: Partial<RemoteSettings> & { address: string }, findMs?: number): Machine {
  const layout = storeLayout(temporaryFolder());
  const notices: string[] = [];
  const remote = openRemote(
    { mode: 'read-write', push: true, signing: 'optional', env: {}, ...settings },
    { layout, notice: (message) => notices.push(message), ...(findMs === undefined ? {} : { findMs }) },
  );
  onTestFinished(() => {
    remote.close();
  });
  const never = new AbortController().signal;
  return {
    layout,
    remote,
    notices,
    store: remoteBackedStore(localStore(layout), remote),
    uploaded: () => remote.settle(never),
  };
}

export type Settings = Partial<RemoteSettings> & { address: string };

export function folderSettings(folder = temporaryFolder()): Settings {
  return { address: pathToFileURL(folder).href };
}

/** A folder as a stage leaves it; `id` determines the key, `files` the digest. */
export function sealed(
  id: number,
  files: Readonly<Record<string, string>> = { 'content.txt': `${id}\n` },
): Sealed {
  const work = temporaryFolder();
  const folder = join(work, 'output');
  mkdirSync(folder);
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(join(folder, path, '..'), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
  const list = seal(folder, {});
  return { work, folder, manifest: { ...manifestFor(id), files: list, digest: digestOfFiles(list) } };
}
