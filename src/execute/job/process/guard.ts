/**
 * Ends the programs that this process started when it is gone, for whatever reason, `kill -9` too. One small shell
 * process holds the other end of a channel that the system closes with this process. It then kills every process group
 * that it was told of. Programs tell it of themselves before they begin: see `ANNOUNCED`.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import type { Writable } from 'node:stream';

const GUARD = `
trap '' HUP INT TERM QUIT PIPE
groups=' '
while read -r line; do
  case $line in
    +*) groups="$groups\${line#+} " ;;
    -*) case $groups in
      *" \${line#-} "*) groups="\${groups%% \${line#-} *} \${groups#* \${line#-} }" ;;
    esac ;;
  esac
done
for group in $groups; do kill -s KILL -- "-$group"; done
`;

/** The descriptor of the channel in a program that is being started. */
const CHANNEL = 3;

/**
 * A shell script that goes on as its arguments, in a process group of its own, once the guard knows it. As long as it
 * holds the channel, the guard waits, so no moment is left in which the program runs unknown.
 */
export const ANNOUNCED = `echo "+$$" >&${CHANNEL}; exec "$@" ${CHANNEL}>&-`;

interface Guard {
  readonly process: ChildProcess;
  readonly channel: Writable & { unref(): void };
}

let current: Guard | undefined;
const groups = new Set<number>();

/** To be passed to a program as descriptor `CHANNEL`. */
export function guardChannel(): Writable {
  current ??= startGuard();
  return current.channel;
}

export function noteGroup(pid: number): void {
  groups.add(pid);
}

export function forgetGroup(pid: number): void {
  groups.delete(pid);
  current?.channel.write(`-${pid}\n`);
}

/** It is in a session of its own, so that a terminal's signals do not reach it, and ends with this process. */
function startGuard(): Guard {
  const process = spawn('/bin/sh', ['-c', GUARD], {
    detached: true,
    cwd: '/',
    env: {},
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  const guard = { process, channel: process.stdin as unknown as Guard['channel'] };
  const forget = (): void => {
    if (current === guard) current = undefined;
  };
  // Where no shell can be started, no program can either: its start says why.
  process.on('error', forget);
  process.on('exit', () => {
    forget();
    if (groups.size > 0) guardChannel();
  });
  process.unref();
  guard.channel.on('error', () => undefined);
  guard.channel.unref();
  for (const pid of groups) guard.channel.write(`+${pid}\n`);
  return guard;
}
