// Wall time and peak memory of commands, and tables of them.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

const TIME = '/usr/bin/time';

/** Runs a command; returns seconds, peak memory in bytes (undefined without GNU time) and output. */
export function once(argv, options = {}) {
  const timed = existsSync(TIME);
  const [program, ...args] = timed ? [TIME, '-f', '%M', ...argv] : argv;
  const started = performance.now();
  const { status, stdout, stderr, error } = spawnSync(program, args, {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    ...options,
    env: { ...process.env, NO_COLOR: '1', ...options.env },
  });
  const seconds = (performance.now() - started) / 1000;
  if (error) throw error;
  if (status !== 0) throw new Error(`${argv.join(' ')} ended with ${status}:\n${stderr.slice(-2000)}`);
  const memory = timed ? Number(stderr.trim().split('\n').at(-1)) * 1024 : undefined;
  return { seconds, memory, stdout, stderr };
}

export const median = (values) => [...values].sort((a, b) => a - b)[Math.floor((values.length - 1) / 2)];

/**
 * Runs several commands in turn, `rounds` times, so that other load affects all of them alike.
 * `commands`: name → function that returns a result of `once`. Returns name → median seconds.
 */
export function alternate(commands, rounds) {
  const seconds = Object.fromEntries(Object.keys(commands).map((name) => [name, []]));
  for (let round = 0; round < rounds; round++)
    for (const [name, command] of Object.entries(commands)) seconds[name].push(command().seconds);
  return Object.fromEntries(Object.entries(seconds).map(([name, values]) => [name, median(values)]));
}

export const text = (seconds) =>
  seconds < 10 ? `${Math.round(seconds * 1000)} ms` : `${seconds.toFixed(1)} s`;
export const times = (ours, theirs) => `${(theirs / ours).toFixed(1)} ×`;
export const reached = (yes) => (yes ? 'reached' : 'missed');

export function printTable(head, rows) {
  for (const row of [head, head.map(() => '---'), ...rows]) console.log(`| ${row.join(' | ')} |`);
  console.log();
}
