/**
 * Where a command of a `strict` spec runs: in a shadow of the project, mounted over the project where this machine
 * permits a namespace, so that absolute paths lead there too; else the shadow is its working folder.
 */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { ENTER, namespaceTools, owner, type NamespaceTools } from '../../../src/base/namespaces.ts';
import { PipelineError, type StageContext } from '../../../src/stage.ts';
import type { CommandParams } from '../parameters.ts';
import { projectEntries, watchedFolder } from './project-files.ts';
import { makeShadow, mountPoint, notesReads, type Shadow } from './shadow.ts';

export interface Sandbox {
  readonly cwd: string;
  /** The program and arguments that start a command in it. */
  readonly argv: (program: string, args: readonly string[]) => readonly [string, readonly string[]];
  /** Throws `E_UNDECLARED` where the command read a file that it does not declare. */
  readonly check: () => void;
  /** For a command that failed, where undeclared files are not there. */
  readonly hint: string | undefined;
}

/** Undefined where there is nothing to watch, or too much. */
export async function makeSandbox(context: StageContext<CommandParams>): Promise<Sandbox | undefined> {
  const { project, scratch, params } = context;
  const declared = new Set(await declaredPaths(params.deps));
  if ([...declared].some((path) => isBelow(project, path))) return undefined;
  const store = dirname(context.downloads);
  const left = new Set([store]);
  let watched = watchedFolder(project);
  let entries = projectEntries(watched, declared, left);
  if (!entries && watched !== project) entries = projectEntries((watched = project), declared, left);
  if (!entries) {
    context.warn('strict: the project has more than 50,000 files, so its reads are not watched');
    return undefined;
  }
  const tools = namespaceTools();
  const placeholders = notesReads(scratch);
  const folder = join(scratch, 'shadow');
  const outside = tools ? [] : [...declared].filter((path) => !isBelow(path, watched));
  const shadow = makeShadow([...entries, ...outside.map((path) => ({ path, is: 'declared' as const }))], {
    folder,
    mounted: tools !== undefined,
    placeholders,
  });
  mkdirSync(shadow.at(project), { recursive: true });
  return {
    cwd: tools ? project : shadow.at(project),
    argv: tools ? entering(tools, shadow, watched, context) : (program, args) => [program, args],
    check() {
      const read = shadow.read().map((path) => relative(project, path));
      if (read.length > 0) throw undeclared(read.sort());
    },
    hint: placeholders
      ? undefined
      : 'With `strict: true` it sees declared files alone. List every other file that it reads under `deps`.',
  };
}

/** The files and folders under `deps`, each glob as the files that it matches. */
async function declaredPaths(deps: readonly string[]): Promise<string[]> {
  const globs = deps.filter((path) => !existsSync(path));
  const exact = deps.filter((path) => existsSync(path)).map((path) => path.replace(/\/+$/, ''));
  if (globs.length === 0) return exact;
  const { globSync } = await import('tinyglobby');
  return [...exact, ...globSync(globs, { absolute: true, dot: true, onlyFiles: true })];
}

function isBelow(path: string, folder: string): boolean {
  return path === folder || path.startsWith(`${folder}/`);
}

const MOST_NAMED = 5;

function undeclared(read: readonly string[]): PipelineError {
  const named = read.slice(0, MOST_NAMED).map((path) => `'${path}'`);
  const more = read.length > MOST_NAMED ? ` and ${read.length - MOST_NAMED} more` : '';
  return new PipelineError(
    'E_UNDECLARED',
    `the command read ${named.join(', ')}${more}, which it does not declare`,
    {
      hint: `Add to the stage: \`deps: [${read.slice(0, MOST_NAMED).join(', ')}]\`. If another stage writes the file, make that stage an input.`,
    },
  );
}

/** Mounts the shadow over the watched folder, in it what the command may use, and goes on as the same user. */
function entering(
  { unshare, mount }: NamespaceTools,
  shadow: Shadow,
  watched: string,
  context: StageContext<CommandParams>,
): Sandbox['argv'] {
  const artifacts = Object.values(context.inputs).flatMap((slot) =>
    'path' in slot ? [slot.path] : slot.map(({ path }) => path),
  );
  const used = [...new Set([...artifacts, context.output, context.scratch])].filter((path) =>
    isBelow(path, watched),
  );
  const mounts = [...shadow.mounts, ...used.map((path) => mountPoint(path, shadow.at(path)))];
  const { uid, gid } = owner();
  const script = join(context.scratch, 'enter.sh');
  const lines = [
    'set -e',
    ...mounts.map(({ from, to }) => `${quoted(mount)} --bind ${quoted(from)} ${quoted(to)}`),
    `${quoted(mount)} --rbind ${quoted(shadow.at(watched))} ${quoted(watched)}`,
    `cd ${quoted(context.project)}`,
    `exec ${quoted(unshare)} --user --map-user=${uid} --map-group=${gid} -- "$@"`,
  ];
  writeFileSync(script, `${lines.join('\n')}\n`);
  return (program, args) => [unshare, [...ENTER, '/bin/sh', script, program, ...args]];
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
