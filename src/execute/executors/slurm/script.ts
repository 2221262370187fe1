/** A job → the options of sbatch and the script that starts `pipeline exec` on the node. */
import { join } from 'node:path';
import { DIST } from '../../../base/installation.ts';
import type { Job } from '../../job/job.ts';
import type { SlurmSettings } from './settings.ts';

const MIB = 2 ** 20;
/** Memory of `pipeline exec` itself, next to its stage. */
const WORKER_MIB = 128;
/** What a job takes besides the attempts of its stage: the start of a node, inputs to fetch, a lock to wait for. */
const MARGIN_S = 300;
/** For how long a job goes on to take stages of its array that have not begun. It is part of the margin. */
const TURN_S = 30;
/** Of a job's time, so that stages without a timeout are left nearly all of it. */
const TURN_SHARE = 0.05;
/** How long before its time limit a job is told, so that it can report instead of being killed. */
const NOTICE_S = 60;

/** Options by which jobs are grouped into arrays: everything but names and paths. `growth` multiplies the memory. */
export function resourceOptions(job: Job, settings: SlurmSettings, growth: number): string[] {
  const memory = job.resources?.memory;
  const gpu = job.resources?.gpu ?? 0;
  const time = timeOf(job, settings);
  return [
    '--nodes=1',
    '--ntasks=1',
    `--cpus-per-task=${job.threads}`,
    ...(memory === undefined ? [] : [`--mem=${Math.ceil((memory * growth) / MIB) + WORKER_MIB}M`]),
    ...(gpu > 0 ? [`--gres=gpu:${gpu}`] : []),
    ...(time === undefined ? [] : [`--time=${time}`]),
    `--signal=B:USR1@${noticeFor(time)}`,
    ...clusterOptions(settings),
  ];
}

/** What the configuration says about every job. */
export function clusterOptions({ partition, account, qos, extra = [] }: SlurmSettings): string[] {
  return [
    ...(partition === undefined ? [] : [`--partition=${partition}`]),
    ...(account === undefined ? [] : [`--account=${account}`]),
    ...(qos === undefined ? [] : [`--qos=${qos}`]),
    ...extra,
  ];
}

/** The time limit that is asked for; undefined where it is the partition's. */
function timeOf(job: Job, settings: SlurmSettings): string | undefined {
  return timeLimit(job) ?? settings.time;
}

/** For how many seconds a job of an array takes further stages. */
export function turnOf(job: Job, settings: SlurmSettings): number {
  const seconds = secondsOf(timeOf(job, settings) ?? '');
  return seconds === undefined ? TURN_S : Math.min(TURN_S, Math.floor(seconds * TURN_SHARE));
}

/** Minutes for all attempts that the job may take; undefined where its stage has no timeout. */
function timeLimit({ timeout, retries }: Job): string | undefined {
  if (timeout === null) return undefined;
  const { count, delay, factor, longest } = retries ?? { count: 0, delay: 0, factor: 1, longest: 0 };
  let pauses = 0;
  for (let tried = 0; tried < count; tried++) pauses += Math.min(longest, delay * factor ** tried);
  return String(Math.ceil((timeout * (count + 1) + pauses + MARGIN_S) / 60));
}

/** A job that has only minutes is told later: Slurm would tell it as it starts. */
function noticeFor(time: string | undefined): number {
  const seconds = time === undefined ? undefined : secondsOf(time);
  return seconds === undefined ? NOTICE_S : Math.max(1, Math.min(NOTICE_S, Math.floor(seconds / 4)));
}

/** `90`, `90:00`, `1:30:00`, `1-0`, `1-12:30:00`; undefined for words such as `UNLIMITED`. */
export function secondsOf(time: string): number | undefined {
  const match = /^(?:(\d+)-)?(\d+)(?::(\d+))?(?::(\d+))?$/.exec(time);
  if (!match) return undefined;
  const [days, first, second, third] = match.slice(1).map((part) => (part ? Number(part) : undefined));
  if (days !== undefined) return days * 86_400 + first! * 3600 + (second ?? 0) * 60 + (third ?? 0);
  if (third !== undefined) return first! * 3600 + second! * 60 + third;
  return first! * 60 + (second ?? 0);
}

export interface Placement {
  readonly name: string;
  readonly log: string;
  /** The spec's folder. */
  readonly project: string;
  /** The number of elements; null for a job without an array. */
  readonly elements: number | null;
}

export function placementOptions({ name, log, project, elements }: Placement): string[] {
  return [
    `--job-name=${name}`,
    // A job that loses its node is handed out again at once, instead of after Slurm's pause of minutes.
    '--no-requeue',
    '--open-mode=append',
    '--kill-on-invalid-dep=yes',
    `--output=${log}`,
    `--chdir=${project}`,
    '--export=ALL',
    ...(elements === null ? [] : [`--array=0-${elements - 1}`]),
  ];
}

export interface ScriptParts {
  readonly settings: SlurmSettings;
  readonly store: string;
  readonly project: string;
  /** The task, or for the elements of an array a file with one task a line, and how long each takes more of them. */
  readonly task: { readonly file: string } | { readonly list: string; readonly seconds: number };
}

/** The task of an element of an array. Where another element has taken it, there is nothing to do. */
const elementTask = (
  list: string,
): string => `task="$(sed -n "$((SLURM_ARRAY_TASK_ID + 1))p" ${quoted(list)})"
[ -e "\${task%.json}.taken" ] && exit 0
`;

/** `exec`, so that signals reach the worker and no shell. */
export function batchScript({ settings, store, project, task }: ScriptParts): string {
  const own = `${quoted(process.execPath)} ${quoted(join(DIST, 'pipeline.cjs'))}`;
  const { setup, command } =
    settings.command === undefined ? { setup: '', command: own } : split(settings.command);
  const { remote, push } = settings;
  const options = [
    'file' in task
      ? `--task ${quoted(task.file)}`
      : `--task "$task" --then ${quoted(task.list)} --for ${task.seconds}`,
    `--store ${quoted(store)} --project ${quoted(project)}`,
    ...(remote === undefined ? [] : [`--remote ${quoted(remote)}`]),
    ...(push === false ? ['--no-push'] : []),
  ].join(' ');
  const prelude = 'file' in task ? '' : elementTask(task.list);
  return `#!/bin/sh\n${prelude}${setup}exec ${command} exec ${options}\n`;
}

/** `module load node && pipeline` → what comes before the command, and the command. */
function split(line: string): { readonly setup: string; readonly command: string } {
  const at = line.lastIndexOf('&&');
  if (at < 0) return { setup: '', command: line };
  return { setup: `${line.slice(0, at).trim()} || exit 1\n`, command: line.slice(at + 2).trim() };
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}
