/**
 * Submits tasks. Those that come within a moment of each other and ask for the same resources become one array: a sweep's
 * trainings are one request to the controller, as administrators of clusters ask for.
 */
import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { thisProcess } from '../../../base/owner.ts';
import { sleep } from '../../../base/clock.ts';
import type { StoreLayout } from '../../../store/layout.ts';
import type { Job } from '../../job/job.ts';
import type { TaskFiles } from '../task.ts';
import type { Board } from './board.ts';
import { Unavailable, type SlurmCommands } from './commands.ts';
import { batchScript, placementOptions, resourceOptions, turnOf } from './script.ts';
import type { SlurmSettings } from './settings.ts';
import { writeSubmission, type Submission } from './submission.ts';

/** Tasks that become ready together arrive within this time, and are not held up for longer than the second. */
const QUIET_MS = 30;
const LONGEST_MS = 500;
const LONGEST_PAUSE_MS = 30_000;

export interface Asked {
  readonly job: Job;
  readonly files: TaskFiles;
  /** Factor on the memory that the stage declares. */
  readonly growth: number;
  readonly stop: AbortSignal;
  readonly warn: (message: string) => void;
}

export interface Submitter {
  /** Resolves when the task is submitted. Rejects where Slurm refuses it, or `stop` is aborted. */
  submit(asked: Asked): Promise<Submission>;
}

interface Pending extends Asked {
  readonly resolve: (submission: Submission) => void;
  readonly reject: (error: unknown) => void;
}

export interface SubmitterOptions {
  readonly commands: SlurmCommands;
  readonly board: Board;
  readonly settings: SlurmSettings;
  readonly layout: StoreLayout;
  readonly project: string;
}

export function openSubmitter({ commands, board, settings, layout, project }: SubmitterOptions): Submitter {
  let pending: Pending[] = [];
  let latest: NodeJS.Timeout | undefined;
  let quiet: NodeJS.Timeout | undefined;
  let arraySize: Promise<number> | undefined;

  const flush = (): void => {
    clearTimeout(latest);
    clearTimeout(quiet);
    [latest, quiet] = [undefined, undefined];
    const groups = new Map<string, Pending[]>();
    for (const one of pending) {
      const key = JSON.stringify(resourceOptions(one.job, settings, one.growth));
      groups.set(key, [...(groups.get(key) ?? []), one]);
    }
    pending = [];
    for (const group of groups.values()) void submitGroup(group);
  };

  const submitGroup = async (group: readonly Pending[]): Promise<void> => {
    try {
      const size = group.length > 1 ? await (arraySize ??= commands.maxArraySize()) : 1;
      for (let start = 0; start < group.length; start += size)
        await submitArray(group.slice(start, start + size));
    } catch (error) {
      for (const { reject } of group) reject(error);
    }
  };

  const submitArray = async (group: readonly Pending[]): Promise<void> => {
    const going = group.filter(({ stop }) => !stop.aborted);
    for (const { stop, reject } of group) if (stop.aborted) reject(stop.reason);
    if (going.length === 0) return;
    const first = going[0]!;
    const base = first.files.task.replace(/\.json$/, '');
    const elements = going.length > 1 ? going.length : null;
    const name = nameOf(first, elements);
    const list = `${base}.list`;
    if (elements !== null) writeFileSync(list, going.map(({ files }) => `${files.task}\n`).join(''));
    const submissions = going.map(({ files }, index): Submission => {
      const log = elements === null ? files.log : `${base}.${index}.log`;
      const submission: Submission = {
        format: 1,
        name,
        index: elements === null ? null : index,
        log,
        owner: thisProcess(),
      };
      writeSubmission(files, submission);
      return submission;
    });
    const log = elements === null ? first.files.log : `${base}.%a.log`;
    await persist(
      first,
      [
        ...resourceOptions(first.job, settings, first.growth),
        ...placementOptions({ name, log, project, elements }),
      ],
      batchScript({
        settings,
        store: layout.root,
        project,
        task: elements === null ? { file: first.files.task } : { list, seconds: turnOf(first.job, settings) },
      }),
      submissions[0]!,
    );
    board.nudge();
    for (const [index, { resolve }] of going.entries()) resolve(submissions[index]!);
  };

  /** Tries until the controller answers. A request without an answer may have been carried out all the same. */
  const persist = async (
    { stop, warn }: Pending,
    options: readonly string[],
    script: string,
    { name, index }: Submission,
  ): Promise<void> => {
    for (let pause = 1_000; ; pause = Math.min(LONGEST_PAUSE_MS, pause * 2)) {
      try {
        await commands.submit(options, script);
        return;
      } catch (error) {
        if (!(error instanceof Unavailable)) throw error;
        if (pause === 1_000) warn(`Slurm takes no job now, and is asked again: ${error.message}`);
        await sleep(pause, stop);
        await board.fresh(stop);
        if (board.row(name, index)) return;
      }
    }
  };

  return {
    submit: (asked) =>
      new Promise((resolve, reject) => {
        const one: Pending = { ...asked, resolve, reject };
        pending.push(one);
        clearTimeout(quiet);
        quiet = setTimeout(flush, QUIET_MS);
        latest ??= setTimeout(flush, LONGEST_MS);
      }),
  };
}

/** The key says in squeue which artifact is made; of an array, the first. The rest tells apart stores and attempts. */
function nameOf({ job }: Asked, elements: number | null): string {
  const unique = randomUUID().slice(0, 8);
  return `p-${job.key.slice(0, 16)}-${unique}${elements === null ? '' : `x${elements}`}`;
}
