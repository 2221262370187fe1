/** Whether this machine lets an ordinary user mount folders in a namespace of its own, and with which programs. */
import { spawnSync } from 'node:child_process';
import { programInPath } from './program-in-path.ts';

export interface NamespaceTools {
  /** Absolute paths. */
  readonly unshare: string;
  readonly mount: string;
}

let known: { readonly tools: NamespaceTools | undefined } | undefined;

/** Undefined where the programs are missing or the system refuses, as many containers do. */
export function namespaceTools(): NamespaceTools | undefined {
  known ??= { tools: probe() };
  return known.tools;
}

function probe(): NamespaceTools | undefined {
  const [unshare, mount] = [programInPath('unshare'), programInPath('mount')];
  if (process.platform !== 'linux' || unshare === undefined || mount === undefined) return undefined;
  const { uid, gid } = owner();
  const script = '"$1" --bind /tmp /tmp && exec "$2" --user --map-user="$3" --map-group="$4" -- "$5" -e ""';
  const args = [mount, unshare, uid, gid, process.execPath];
  const { status } = spawnSync(unshare, [...ENTER, '/bin/sh', '-c', script, 'probe', ...args], {
    stdio: 'ignore',
    timeout: 10_000,
  });
  return status === 0 ? { unshare, mount } : undefined;
}

/** Arguments of `unshare` after which the program may mount, as root of its own namespace. */
export const ENTER = ['--user', '--map-root-user', '--mount', '--'];

/** The user as whom programs go on after mounting. */
export function owner(): { readonly uid: string; readonly gid: string } {
  return { uid: String(process.getuid?.() ?? 0), gid: String(process.getgid?.() ?? 0) };
}
