/**
 * Runs a command stage: starts the program in a controlled environment, keeps its declared outputs and reads its
 * metrics file.
 */
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import {
  PipelineError,
  type InputArtifact,
  type Json,
  type StageContext,
  type Metrics,
  type StageResult,
} from '../../src/stage.ts';
import { numberText } from '../../src/base/number-text.ts';
import type { CommandParams } from './parameters.ts';
import { readMetrics } from './metrics.ts';
import type { Sandbox } from './strict/sandbox.ts';

/** Runs the command and keeps its outputs. Throws `E_COMMAND` if it fails or does not write a declared output. */
export async function runCommand(context: StageContext<CommandParams>): Promise<StageResult> {
  const { params } = context;
  const sandbox = context.strict
    ? await (await import('./strict/sandbox.ts')).makeSandbox(context)
    : undefined;
  await execute(context, environment(context), sandbox);
  if (params.outputs.length > 0)
    keepOnly(context, [
      ...params.outputs,
      ...[params.stdout, params.metrics].filter((name) => name !== undefined),
    ]);
  const metrics =
    params.metrics === undefined ? {} : readMetrics(join(context.output, params.metrics), params.metrics);
  const [first] = Object.entries(metrics);
  return { metrics, ...(first ? { headline: `${first[0]} ${valueText(first[1])}` } : {}) };
}

function valueText(value: Metrics[string] | undefined): string {
  return typeof value === 'number' ? numberText(value) : String(value);
}

/** Inherited by every command: few programs start without them. */
const INHERITED = ['PATH', 'HOME'];

function environment(context: StageContext<CommandParams>): NodeJS.ProcessEnv {
  const { params, inputs } = context;
  const paramsFile = join(context.scratch, 'params.json');
  writeFileSync(paramsFile, `${JSON.stringify(params.params, null, 2)}\n`);
  const names = [...INHERITED, ...params.pass_env];
  return {
    ...Object.fromEntries(names.map((name) => [name, process.env[name]])),
    // Fixed, so that sorting, dates and messages are the same on every machine.
    LANG: 'C.UTF-8',
    TZ: 'UTC',
    TMPDIR: context.scratch,
    // Python would write beside the sources that the stage reads, and so change its own inputs.
    PYTHONDONTWRITEBYTECODE: '1',
    ...params.env,
    ...Object.fromEntries(
      Object.entries(params.params).map(([name, value]) => [`PARAM_${upper(name)}`, asText(value)]),
    ),
    ...Object.fromEntries(
      Object.entries(inputs).map(([slot, input]) => [`INPUT_${upper(slot)}`, paths(input)]),
    ),
    PARAMS: paramsFile,
    OUTPUT: context.output,
    THREADS: String(context.threads),
  };
}

function upper(name: string): string {
  return name.replaceAll('-', '_').toUpperCase();
}

function asText(value: Json): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function paths(input: InputArtifact | readonly InputArtifact[]): string {
  return 'path' in input ? input.path : input.map((one) => one.path).join(':');
}

function argv(run: CommandParams['run']): readonly [string, readonly string[]] {
  if (typeof run === 'string') return ['/bin/sh', ['-e', '-c', run]];
  return [run[0]!, run.slice(1)];
}

async function execute(
  context: StageContext<CommandParams>,
  env: NodeJS.ProcessEnv,
  sandbox: Sandbox | undefined,
): Promise<void> {
  const { params, output, project, signal } = context;
  const own = argv(params.run);
  const [program, args] = sandbox?.argv(...own) ?? own;
  const stdout = params.stdout === undefined ? undefined : openOutput(join(output, params.stdout));
  try {
    const { code, signal: killedBy } = await context.runProgram({
      program,
      args,
      cwd: sandbox?.cwd ?? project,
      env,
      ...(stdout !== undefined && { stdout }),
    });
    signal.throwIfAborted();
    sandbox?.check();
    if (code === 0) return;
    const how = killedBy === null ? `exit code ${code ?? '?'}` : `signal ${killedBy}`;
    throw new PipelineError('E_COMMAND', `the command ended with ${how}: ${commandText(params.run)}`, {
      hint: killedBy === 'SIGKILL' ? 'If nobody killed it, the machine ran out of memory.' : sandbox?.hint,
    });
  } catch (error) {
    // A script that was not declared is empty here, and may not even start.
    sandbox?.check();
    throw notStarted(error as NodeJS.ErrnoException, program);
  } finally {
    if (stdout !== undefined) closeSync(stdout);
  }
}

function notStarted(error: NodeJS.ErrnoException, program: string): Error {
  if (error.code === 'ENOENT')
    return new PipelineError('E_COMMAND', `there is no program '${program}'`, {
      hint: 'Programs are looked up in PATH. For a script of your own, write its path: `./script.sh`.',
    });
  if (error.code === 'EACCES')
    return new PipelineError('E_COMMAND', `'${program}' is not executable`, {
      hint: `Run \`chmod +x ${program}\`.`,
    });
  return error;
}

function openOutput(path: string): number {
  mkdirSync(dirname(path), { recursive: true });
  return openSync(path, 'w');
}

function commandText(run: CommandParams['run']): string {
  const text = typeof run === 'string' ? run.trim() : run.join(' ');
  const [line] = text.split('\n');
  return line === text ? text : `${line!} …`;
}

/** Keeps only the declared outputs in the artifact. Throws if one is missing. */
function keepOnly({ output, scratch }: StageContext<CommandParams>, outputs: readonly string[]): void {
  for (const path of outputs)
    if (!existsSync(join(output, path)))
      throw new PipelineError('E_COMMAND', `the command succeeded but did not write its output '${path}'`, {
        hint: `Write it to "$OUTPUT/${path}". The folder contains: ${readdirSync(output).join(', ') || 'nothing'}.`,
      });
  const everything = join(scratch, 'everything');
  mkdirSync(everything);
  for (const name of readdirSync(output)) renameSync(join(output, name), join(everything, name));
  for (const path of outputs) {
    // One that lies in another, or is listed twice, has come with it.
    if (existsSync(join(output, path))) continue;
    mkdirSync(dirname(join(output, path)), { recursive: true });
    renameSync(join(everything, path), join(output, path));
  }
  rmSync(everything, { recursive: true });
}
