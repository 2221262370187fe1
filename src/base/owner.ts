/** Who holds a lock or a temporary folder, told so that another process can see whether they still live. */
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

export interface Owner {
  readonly pid: number;
  /** When the process started, in the kernel's ticks: a pid alone is soon used again. Empty where unknown. */
  readonly started: string;
  readonly host: string;
  /** The kernel's boot id: after a restart no earlier process lives. Empty where unknown. */
  readonly boot: string;
  /** Machines are given equal names, and then only this tells them apart. Empty where unknown. */
  readonly machine?: string;
  /** Containers of one machine count their processes apart. Empty where unknown. */
  readonly namespace?: string;
}

function startOf(pid: number): string {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // Field 22; the command's name in field 2 may hold spaces and brackets, so count from its last bracket.
    return text.slice(text.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  } catch {
    return '';
  }
}

/** What a read gives, or nothing where this system has no such file. */
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

/** `unknown` for a process of another host or container, which cannot be asked. */
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

export function parseOwner(text: string): Owner | undefined {
  try {
    const owner = JSON.parse(text) as Partial<Owner>;
    return typeof owner.pid === 'number' && typeof owner.host === 'string' ? (owner as Owner) : undefined;
  } catch {
    return undefined;
  }
}
