/**
 * The process in which one stage runs: imports the kind, runs it, seals what it wrote, reports, ends. It sees folders
 * and no store; `execute-job.ts` in the parent publishes the result.
 */
import { spawn } from 'node:child_process';
import { Worker } from 'node:worker_threads';
import { programsUsed } from '../../../engine/kernels/programs-used.ts';
import type { Program, ProgramEnd } from '../../../stage.ts';
import type { FromStage, ToStage } from './messages.ts';
import { failureOf, runKind } from './run-kind.ts';

/**
 * Ends this process group when the parent is gone, for whatever reason. A thread of its own, because a stage that
 * computes may not return to its event loop for minutes.
 */
const WATCHDOG = `
const parent = ${process.ppid};
setInterval(() => { if (process.ppid !== parent) process.kill(-process.pid, 'SIGKILL'); }, 200);
`;

function send(message: FromStage): void {
  process.send?.(message);
}

/** Sends the last message and ends once it is sent, whatever the stage left running. */
function end(message: FromStage): void {
  process.send?.(message, undefined, {}, () => process.exit(message.type === 'done' ? 0 : 1));
}

/**
 * In this process group. The parent sends SIGTERM to the whole group, so that the children of a shell get it too and
 * have time to clean up.
 */
function runProgram({ program, args, cwd, env, stdout }: Program): Promise<ProgramEnd> {
  const child = spawn(program, args, { cwd, env, stdio: ['ignore', stdout ?? 'inherit', 'inherit'] });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => {
      resolve({ code, signal });
    });
  });
}

function main(): void {
  const watchdog = new Worker(WATCHDOG, { eval: true });
  watchdog.unref();
  const controller = new AbortController();
  const abort = (): void => {
    controller.abort();
  };
  // Ctrl-C reaches the parent, which sends a message; the signals themselves must not end this process half-way.
  process.on('SIGINT', abort);
  process.on('SIGTERM', abort);
  process.on('message', (message: ToStage) => {
    if (message.type === 'abort') {
      abort();
      return;
    }
    const host = {
      signal: controller.signal,
      send,
      runProgram,
      busy: false,
      peakMemory: () => process.resourceUsage().maxRSS * 1024,
      kernels: programsUsed,
    };
    void runKind(message, host).catch(failureOf).then(end);
  });
  send({ type: 'ready' });
}

main();
