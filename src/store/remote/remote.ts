/**
 * A remote store in use by one process: look-ups, files that arrive, uploads in the background, and what the user is told
 * about them. Nothing here fails a run: what cannot be had counts as absent.
 */
import { join } from 'node:path';
import { setMaxListeners } from 'node:events';
import type { Key } from '../../base/hash.ts';
import { systemError } from '../../base/system-error.ts';
import type { StoreLayout } from '../layout.ts';
import { beginFolder, removeWork } from '../local/work.ts';
import type { Manifest } from '../manifest.ts';
import type { Artifact, Store } from '../store.ts';
import { availability, type Notice } from './availability.ts';
import { createOnlyOf } from './create-only.ts';
import type { Signer } from './entry.ts';
import { lookups } from './lookups.ts';
import { openObjects, signatureKey, type RemoteSettings } from './open-objects.ts';
import type { Objects } from './objects/objects.ts';
import { RemoteFault } from './objects/remote-fault.ts';
import { FileLost, localCause, receiveFiles } from './receive.ts';
import { sendArtifact, type Sent, type SendSettings } from './send.ts';
import { tally } from './tally.ts';
import { uploads, type Pending } from './uploads.ts';

export interface Remote {
  readonly settings: RemoteSettings;
  readonly signer: Signer;
  /** Whether this process uploads, and the store takes it. */
  readonly takesUploads: boolean;
  objects(): Promise<Objects>;
  find(kind: string, key: Key, fresh?: boolean): Promise<Manifest | undefined>;
  /** The artifact in the local store, with all its files; undefined where they cannot be had. */
  fetch(manifest: Manifest, local: Store): Promise<Artifact | undefined>;
  /** Uploads it in the background, if this process may. */
  add(artifact: Artifact): void;
  /** Uploads it now. Throws `RemoteFault`. */
  send(artifact: Artifact, more?: Partial<SendSettings>): Promise<Sent>;
  pending(): Pending;
  settle(stop: AbortSignal): Promise<void>;
  /** Ends the transfers to this machine that are going on. */
  interrupt(): void;
  /** Says what was counted, and ends uploads that are still going on. */
  close(): void;
}

export interface RemoteOptions {
  readonly layout: StoreLayout;
  readonly notice: Notice;
  /** Time limit of a look-up. */
  readonly findMs?: number;
}

export function openRemote(settings: RemoteSettings, { layout, notice, findMs }: RemoteOptions): Remote {
  const { address: url } = settings;
  const signer: Signer = { signing: settings.signing, key: signatureKey(settings) };
  const pushes = settings.mode === 'read-write' && settings.push;
  let opened: Promise<Objects> | undefined;
  const objects = (): Promise<Objects> => (opened ??= openObjects(settings));
  const reading = availability(url, 'is not used', notice);
  const writing = availability(url, 'takes no uploads', notice);
  const refused = tally((more) => {
    notice(`${more} more entries of the remote store are not used`);
  });
  const unsigned = tally((more) => {
    notice(`${more} more results of the remote store have no signature`);
  });
  const known = lookups({
    objects,
    signer,
    reading,
    ...(findMs === undefined ? {} : { findMs }),
    onRefused(kind, key, why) {
      refused.first(() => {
        notice(`the entry of ${shortName(kind, key)} in the remote store ${url} is not used: ${why}`);
      });
    },
    onUnsigned(kind, key) {
      unsigned.first(() => {
        notice(
          `${shortName(kind, key)} in the remote store ${url} has no signature`,
          'Set `store.sign: required` to use signed results only.',
        );
      });
    },
  });
  const suspect = new Set<string>();
  const ending = new AbortController();
  let fetching = new AbortController();
  // Every request in flight listens to them.
  setMaxListeners(0, ending.signal, fetching.signal);
  const arriving = new Map<string, Promise<Artifact | undefined>>();

  const receive = async (manifest: Manifest, local: Store): Promise<Artifact | undefined> => {
    const work = beginFolder(layout);
    const folder = join(work, 'output');
    try {
      await receiveFiles(await objects(), manifest, folder, fetching.signal);
      const { artifact } = await local.put({ work, folder, manifest });
      return artifact;
    } catch (error) {
      const cause = localCause(error);
      if (cause !== undefined) throw systemError('E_STORE', 'the store cannot be written', cause);
      if (!(error instanceof FileLost) && !(error instanceof RemoteFault)) throw error;
      if (error instanceof FileLost) suspect.add(error.sha256);
      known.lose(manifest);
      const name = shortName(manifest.kind, manifest.key);
      notice(`${name} cannot be fetched from the remote store ${url}: ${error.message}`);
      return undefined;
    } finally {
      removeWork(layout, work);
    }
  };

  let tried: Promise<boolean> | undefined;
  /** Tried out once for all uploads, and said once. */
  const isCreateOnly = (server: Objects): Promise<boolean> => {
    tried ??= createOnlyOf(server, layout.cache, ending.signal).then(({ createOnly, first }) => {
      if (first && !createOnly) notice(`the remote store ${url} ${NOT_CREATE_ONLY}`);
      return createOnly;
    });
    tried.catch(() => (tried = undefined));
    return tried;
  };

  const send: Remote['send'] = async (artifact, more) => {
    const server = await objects();
    const createOnly = await isCreateOnly(server);
    const { manifest } = artifact;
    const thorough = known.isLost(manifest);
    const sent = await sendArtifact(artifact, {
      objects: server,
      signer,
      createOnly,
      suspect,
      thorough,
      signal: ending.signal,
      ...more,
    });
    known.learn(manifest);
    if (sent === 'conflict')
      notice(
        `the remote store ${url} has other bytes for ${shortName(manifest.kind, manifest.key)}, and they stay`,
        'The stage is not reproducible, or another machine computes differently. `pipeline verify --remote` checks the entry.',
      );
    return sent;
  };

  const background = uploads(async (artifact) => {
    if (!writing.usable || !reading.usable || ending.signal.aborted) throw new Error('not now');
    try {
      await send(artifact);
      writing.worked();
    } catch (error) {
      if (!(error instanceof RemoteFault)) throw error;
      if (error.kind === 'changed') notice(error.message, error.hint);
      else writing.failed(error);
      throw error;
    }
  });

  return {
    settings,
    signer,
    get takesUploads() {
      return pushes && writing.usable && reading.usable;
    },
    objects,
    find: (kind, key, fresh) => known.find(kind, key, fresh),
    fetch(manifest, local) {
      const id = `${manifest.kind}/${manifest.key}`;
      const pending = arriving.get(id) ?? receive(manifest, local).finally(() => arriving.delete(id));
      arriving.set(id, pending);
      return pending;
    },
    add(artifact) {
      if (pushes) background.add(artifact);
    },
    send,
    pending: () => background.pending(),
    settle: (stop) => background.settle(stop),
    interrupt() {
      fetching.abort();
      fetching = new AbortController();
      setMaxListeners(0, fetching.signal);
    },
    close() {
      ending.abort();
      refused.close();
      unsigned.close();
    },
  };
}

const NOT_CREATE_ONLY =
  'cannot write only what is not there: of two machines that finish the same artifact at the same moment, the last one wins';

export function shortName(kind: string, key: Key): string {
  return `${kind}/${key.slice(0, 16)}…`;
}
