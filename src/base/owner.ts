/** Identifies the process that holds a lock or a temporary folder, so that others can tell whether it is alive. */
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

export interface Owner {
  readonly pid: number;
  /** Start time in kernel ticks, because pids are reused. Empty if unknown. */
  readonly started: string;
  readonly host: string;
  /** The kernel's boot id: no process survives a reboot. Empty if unknown. */
  readonly boot: string;
  /** Distinguishes machines with the same host name. Empty if unknown. */
  readonly machine?: string;
  /** Containers on one machine number their processes separately. Empty if unknown. */
  readonly namespace?: string;
}

function startOf(pid: number): string {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // Field 22. The command name in field 2 may contain spaces and brackets, so count from the last bracket.
    return text.slice(text.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  } catch {
    return '';
  }
}

/** The text that was read, or an empty one if this system has no such file. */
function known(read: () => string): string {
  try {
    return read().trim();
  } catch {
    return '';
  }
}

let self: Owner | undefined;

export function thisProcess(): Owner {
  self ??= {
    pid: process.pid,
    started: startOf(process.pid),
    host: hostname(),
    boot: known(() => readFileSync('/proc/sys/kernel/random/boot_id', 'latin1')),
    machine: known(() => readFileSync('/etc/machine-id', 'latin1')),
    namespace: known(() => readlinkSync('/proc/self/ns/pid')),
  };
  return self;
}

/** `unknown` for a process on another host or in another container, which cannot be checked from here. */
export function stateOf(owner: Owner): 'alive' | 'dead' | 'unknown' {
  const here = thisProcess();
  if (owner.host !== here.host || (owner.machine ?? here.machine) !== here.machine) return 'unknown';
  if (owner.boot !== here.boot) return 'dead';
  if ((owner.namespace ?? here.namespace) !== here.namespace) return 'unknown';
  try {
    process.kill(owner.pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return 'dead';
  }
  return owner.started === '' || startOf(owner.pid) === owner.started ? 'alive' : 'dead';
}

export function isSameOwner(a: Owner, b: Owner): boolean {
  return (['pid', 'started', 'host', 'boot', 'machine', 'namespace'] as const).every(
    (field) => a[field] === b[field],
  );
}

export function parseOwner(text: string): Owner | undefined {
  try {
    const owner = JSON.parse(text) as Partial<Owner>;
    return typeof owner.pid === 'number' && typeof owner.host === 'string' ? (owner as Owner) : undefined;
  } catch {
    return undefined;
  }
}
