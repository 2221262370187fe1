/**
 * Compiled addons, kept in the user's cache folder by the digest of all that decides about them. Each has a verdict next
 * to it, from a process of its own that loaded and exercised it: an instruction that the processor lacks ends that
 * process, not this one. Several processes may make the same addon at once; the last one's replaces the others'.
 */
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { writeAtomically } from '../../../base/files.ts';
import { reasonOf } from '../../../base/system-error.ts';
import { addonDigest, compile, type Compiler, type Variant } from './compiler.ts';

export type Addon = { readonly path: string } | { readonly failure: string };

/** What a verdict file holds; nothing failed where it is null. */
interface Verdict {
  readonly failure: string | null;
}

/** Where a program may keep what it can make again. */
export function cacheFolder(): string {
  const { XDG_CACHE_HOME: xdg } = process.env;
  const home = homedir();
  const caches = process.platform === 'darwin' ? join(home, 'Library', 'Caches') : join(home, '.cache');
  return join(xdg || caches, 'two-tower', 'kernels');
}

/** An addon that runs here, compiled if it has to be, or why there is none. */
export async function addonOf(compiler: Compiler, variant: Variant): Promise<Addon> {
  try {
    const digest = addonDigest(compiler, variant);
    const base = join(cacheFolder(), `${variant.set}-${variant.precision}-${digest}`);
    const path = `${base}.node`;
    const known = recall(`${base}.json`);
    if (known?.failure) return { failure: known.failure };
    if (known && existsSync(path)) return { path };
    const failure = (await make(compiler, variant, path)) ?? (await exercise(path));
    writeAtomically(`${base}.json`, JSON.stringify({ failure: failure ?? null } satisfies Verdict));
    return failure === undefined ? { path } : { failure };
  } catch (error) {
    return { failure: `${cacheFolder()}: ${reasonOf(error)}` };
  }
}

function recall(file: string): Verdict | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Verdict;
  } catch {
    return undefined;
  }
}

/** Compiles aside, then gives the file its name. Undefined, or why it cannot be compiled. */
async function make(compiler: Compiler, variant: Variant, path: string): Promise<string | undefined> {
  mkdirSync(cacheFolder(), { recursive: true });
  const aside = `${path}.${randomUUID()}`;
  try {
    await compile(compiler, variant, aside);
    renameSync(aside, path);
    return undefined;
  } catch (error) {
    if (mayPass(error)) throw error;
    return `${compiler.program} failed: ${lastWords(error)}`;
  } finally {
    rmSync(aside, { force: true });
  }
}

const EXERCISE_TIMEOUT_MS = 60_000;

/** Undefined, or why the addon does not run here. */
async function exercise(path: string): Promise<string | undefined> {
  try {
    const script = 'require(process.argv[1]).exercise()';
    await promisify(execFile)(process.execPath, ['-e', script, path], { timeout: EXERCISE_TIMEOUT_MS });
    return undefined;
  } catch (error) {
    if (mayPass(error)) throw error;
    return `the compiled kernels do not run here: ${lastWords(error)}`;
  }
}

/** Not to be remembered: a machine that was busy or short of memory. */
function mayPass(error: unknown): boolean {
  const { killed, signal } = error as { killed?: boolean; signal?: string };
  return killed === true || signal === 'SIGKILL';
}

interface ProgramError extends Error {
  readonly signal?: string;
  readonly code?: number | string;
  readonly stderr?: string;
}

/** The signal that ended a program, or the line of its output that says most. */
function lastWords(error: unknown): string {
  const { signal, code, stderr, message } = error as ProgramError;
  if (signal) return `ended by ${signal}`;
  const lines = (stderr ?? '').split('\n').filter((line) => line.trim() !== '');
  // The message of one that says nothing is the whole command.
  const silent = typeof code === 'number' ? `it ended with code ${code}` : message;
  return (lines.find((line) => /error/i.test(line)) ?? lines.at(-1) ?? silent).trim();
}
