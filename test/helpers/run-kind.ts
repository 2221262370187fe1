import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { onTestFinished } from 'vitest';
import { matchesMetric, metricPatterns } from '../../src/kinds/metric-names.ts';
import type {
  EarlierArtifact,
  Engine,
  InputArtifact,
  JsonObject,
  KindDeclaration,
  Progress,
  StageKind,
  StageResult,
  StageWarning,
} from '../../src/stage.ts';

/** A folder that is gone when the test is. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'pipeline-test-'));
  onTestFinished(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  return folder;
}

export interface KindRun extends StageResult {
  /** The folder that the kind filled, as an artifact that another kind can take as input. */
  readonly artifact: InputArtifact;
  readonly progress: readonly Progress[];
  readonly logs: readonly string[];
  /** The messages of its warnings … */
  readonly warnings: readonly string[];
  /** … and the warnings with their causes and parameters. */
  readonly fullWarnings: readonly StageWarning[];
}

export interface KindRunOptions {
  readonly params?: JsonObject;
  readonly inputs?: Readonly<Record<string, InputArtifact | readonly InputArtifact[]>>;
  readonly threads?: number;
  readonly engine?: Engine;
  readonly signal?: AbortSignal;
  readonly earlier?: EarlierArtifact;
  /** Keeps the resume folder of an earlier attempt. */
  readonly resume?: string;
}

export const WASM: Engine = { backend: 'wasm', precision: 'exact', device: 'cpu', version: 'test' };

/** Parameters as a kind gets them: validated, defaults filled in. */
export function completeParams(kind: KindDeclaration, given: JsonObject = {}): JsonObject {
  const params = structuredClone(given);
  const ajv = new Ajv({
    useDefaults: true,
    allErrors: true,
    strict: true,
    // As src/spec/stages/parameters.ts compiles them.
    strictRequired: false,
    strictTypes: false,
    strictTuples: false,
    discriminator: true,
    keywords: ['x-path', 'x-split', 'x-unless'],
  });
  if (!ajv.validate(kind.parameters, params)) throw new Error(ajv.errorsText());
  return params;
}

/** What a kind gives without declaring it, a sweep would refuse. */
function checkMetricNames(kind: KindDeclaration, params: JsonObject, { metrics = {} }: StageResult): void {
  const declared = metricPatterns(kind, params);
  const numbers = Object.keys(metrics).filter((name) => typeof metrics[name] === 'number');
  const unknown = numbers.filter((name) => declared && !matchesMetric(declared, name));
  if (unknown.length > 0) throw new Error(`the kind does not declare its metrics ${unknown.join(', ')}`);
}

/** Runs a stage kind in this process as the runner would: validated, defaults filled in, in empty folders. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- a kind's parameter type is its own affair here
export async function runKind(kind: StageKind<any>, options: KindRunOptions = {}): Promise<KindRun> {
  const params = completeParams(kind, options.params);
  const folder = temporaryFolder();
  const make = (name: string): string => {
    const path = join(folder, name);
    mkdirSync(path);
    return path;
  };
  const progress: Progress[] = [];
  const logs: string[] = [];
  const fullWarnings: StageWarning[] = [];
  const output = make('output');
  const result = await kind.run({
    params,
    inputs: options.inputs ?? {},
    earlier: options.earlier ?? null,
    output,
    scratch: make('scratch'),
    downloads: make('downloads'),
    resume: options.resume ?? make('resume'),
    project: folder,
    threads: options.threads ?? availableParallelism(),
    engine: options.engine ?? WASM,
    signal: options.signal ?? new AbortController().signal,
    runProgram: () => Promise.reject(new Error('this kind runs no programs')),
    progress: (event) => progress.push(event),
    log: (message) => logs.push(message),
    warn: (given) => fullWarnings.push(typeof given === 'string' ? { message: given } : given),
  });
  checkMetricNames(kind, params, result);
  return {
    ...result,
    artifact: { type: kind.output, stage: 'test', path: output, digest: '', metrics: result.metrics ?? {} },
    progress,
    logs,
    warnings: fullWarnings.map(({ message }) => message),
    fullWarnings,
  };
}
