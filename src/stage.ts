/**
 * `two-tower/stage`: the contract between the orchestrator and a stage kind, the only module that both sides import.
 * A kind is a module that exports `stage = defineStage({...})`. Importing it must be cheap, because the planner
 * reads the declaration without running it: load heavy libraries with `import()` inside `run`. See docs/KINDS.md.
 */
import type { JsonObject } from './base/json.ts';

export type { Json, JsonObject } from './base/json.ts';
export { PipelineError } from './base/diagnostic.ts';
export type { FromSchema } from './base/schema-type.ts';

/** What an artifact holds; docs/ARTIFACTS.md lists the files of each type. Your own kinds may add names. */
export type ArtifactType =
  | 'corpus'
  | 'tokens'
  | 'vectors'
  | 'triplets'
  | 'model'
  | 'embeddings'
  | 'index'
  | 'report'
  | 'files'
  | (string & Record<never, never>);

/**
 * A JSON Schema (the draft 2020-12 vocabulary that ajv supports) for a kind's `with`. Every property has a
 * `description`, and a `default` if it may be left out: defaults are filled in before the key is computed.
 * A string with `"x-path": "input"` is a path, glob, folder or URL that the stage reads. It is relative to the spec
 * file, is replaced in the key by the content that it names, and is absolute in `context.params`. A string with
 * `"x-split": true` names a split of the corpus, which is checked before stages run; with the name of a split instead of
 * `true`, that split may be missing. A parameter with `"x-unless": SLOT` may not be written beside that input, which
 * decides it. Written `as const`, the schema gives the type of the parameters too: `FromSchema<typeof parameters>`.
 */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** One named input of a kind. */
export interface InputSlot {
  readonly type: ArtifactType | readonly ArtifactType[] | 'any';
  readonly description: string;
  readonly optional?: boolean;
  /**
   * Takes a list of stages instead of one. With `true`, a name stands for all matching instances of a matrix; with
   * 'paired', for the one instance that matches the stage's own.
   */
  readonly many?: boolean | 'paired';
  /**
   * If this input is given, `x-path` parameters are relative to its folder instead of the spec's. They are absolute in
   * `context.params` all the same. Only for a slot that takes one stage.
   */
  readonly rootsPaths?: boolean;
}

/** A finished artifact that a stage reads. Its files are immutable. */
export interface InputArtifact {
  readonly type: ArtifactType;
  /** Name of the stage that produced it, for messages only: not part of any key. */
  readonly stage: string;
  /** Absolute path of the artifact's folder. */
  readonly path: string;
  readonly digest: string;
  readonly metrics: Metrics;
}

/** What an earlier execution of the stage made, and the inputs that it had. */
export interface EarlierArtifact {
  /** Absolute path of the artifact's folder. */
  readonly path: string;
  readonly inputs: Readonly<Record<string, InputArtifact>>;
}

export type Metrics = Readonly<Record<string, number | string | boolean | null>>;

/** What a spec asks for under `engine`. */
export interface EngineRequest {
  /** `auto` is chosen while planning, by what the machine has. */
  readonly backend: 'auto' | Engine['backend'];
  readonly precision: Engine['precision'];
}

/** The numeric engine that the plan chose; part of the key of kinds that are `numeric`. */
export interface Engine {
  readonly backend: 'wasm' | 'tensorflow';
  /** `fast` allows fused multiply-add: faster, but its results differ from `exact` in the last bits. */
  readonly precision: 'exact' | 'fast';
  /** Where TensorFlow computes; always `cpu` for wasm. */
  readonly device: 'cpu' | 'gpu';
  readonly version: string;
}

export interface Progress {
  readonly done: number;
  /** Absent if unknown. */
  readonly total?: number;
  /** What is counted: `rows`, `triplets`, `bytes`. */
  readonly unit: string;
  /** A few words of detail: `epoch 3/10 · loss 0.12`. */
  readonly note?: string;
  /** Work beside the main count, which stands still meanwhile: the validation after an epoch of training. */
  readonly part?: ProgressPart;
}

export interface ProgressPart {
  /** One word or two: `validation`. */
  readonly label: string;
  readonly done: number;
  /** Absent if unknown. */
  readonly total?: number;
  readonly unit: string;
}

/** `AbortSignal`, where the types of Node or of browsers are there to tell what that is. */
export type StageSignal = typeof globalThis extends { AbortSignal: { prototype: infer Signal } }
  ? Signal
  : {
      readonly aborted: boolean;
      readonly reason: unknown;
      throwIfAborted(): void;
      addEventListener(type: 'abort', listener: () => void): void;
      removeEventListener(type: 'abort', listener: () => void): void;
    };

/** A doubt about a result that was made nevertheless. Kept with the artifact, so that a cached stage still shows it. */
export interface StageWarning {
  /** What is doubtful, with the numbers that show it. */
  readonly message: string;
  /** The likely cause. */
  readonly cause?: string;
  /** What to do about it. */
  readonly hint?: string;
  /** The parameter to change; with the kind, `KIND.PARAMETER`, if another stage has it. */
  readonly parameter?: string;
}

/** A program that a stage runs. */
export interface Program {
  /** Looked up in the PATH of `env`, where it has no slash. */
  readonly program: string;
  readonly args: readonly string[];
  /** Its working folder. */
  readonly cwd: string;
  /** All that it gets of the environment. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** A file descriptor for its standard output. What it prints else goes to the stage's log. */
  readonly stdout?: number;
}

/** How a program ended: with an exit code, or killed by a signal. */
export interface ProgramEnd {
  readonly code: number | null;
  readonly signal: string | null;
}

export interface StageContext<P = JsonObject> {
  /** `with` after interpolation, validation and defaults; `x-path` values are absolute. */
  readonly params: P;
  /** By slot: an array for slots that take many; absent for optional slots that are not given. */
  readonly inputs: Readonly<Record<string, InputArtifact | readonly InputArtifact[]>>;
  /** An empty folder. Files written here become the artifact. */
  readonly output: string;
  /** An empty folder for temporary files, removed afterwards. */
  readonly scratch: string;
  /** Where finished downloads are kept between runs, addressed by URL. */
  readonly downloads: string;
  /** A folder for checkpoints. It survives a killed or failed attempt at the same key and is removed on success. */
  readonly resume: string;
  /** The spec's folder. */
  readonly project: string;
  /** Number of compute threads the stage may use. The artifact's bytes must not depend on it. */
  readonly threads: number;
  /** The spec asks for `strict`: a kind that runs programs checks what they read, where it can. */
  readonly strict?: boolean;
  readonly engine: Engine;
  /** For kinds with `reuses`, if there is one. The artifact's bytes must not depend on it. */
  readonly earlier?: EarlierArtifact | null;
  /** Aborted on Ctrl-C. A stage that ignores it is killed. */
  readonly signal: StageSignal;
  /**
   * Runs a program to its end. On Ctrl-C it gets SIGTERM, with everything that it started. Rejects with the system's
   * error (`ENOENT`, `EACCES`) where it cannot be started.
   */
  runProgram(program: Program): Promise<ProgramEnd>;
  progress(progress: Progress): void;
  log(message: string): void;
  /** The text alone, or with its likely cause and what to change. It must not depend on time or threads. */
  warn(warning: StageWarning | string): void;
}

export interface StageResult {
  /** Counts, rates and quality measures, for `show`, `compare` and sweeps. Not part of the digest. */
  readonly metrics?: Metrics;
  /** A short result, shown next to the finished stage: `MRR@10 0.61`. */
  readonly headline?: string;
  /**
   * For files whose bytes are not canonical, such as a database: path inside the artifact → text that identifies
   * the logical content, such as a hash of the ordered rows.
   */
  readonly digests?: Readonly<Record<string, string>>;
}

export interface StageKind<P = JsonObject> {
  /** One or two sentences for `pipeline schema`, the README and editors. */
  readonly description: string;
  readonly parameters: JsonSchema;
  /** By slot name. The name `*` stands for any further names. */
  readonly inputs: Readonly<Record<string, InputSlot>>;
  readonly output: ArtifactType;
  /** True if the artifact holds results of engine arithmetic: the engine is then part of the key. */
  readonly numeric?: boolean;
  /**
   * The names of all numeric metrics, so that a sweep can check a name before it runs. `*` stands for any text,
   * `mrr@{cutoffs.mrr}` for a name with each value of that parameter, and `{name?}` makes a name depend on whether the
   * parameter is given. Without it, any metric is accepted.
   */
  readonly metrics?: readonly string[];
  /**
   * Set if the kind can take parts over from an earlier execution: it gets `context.earlier`, made by the same code,
   * engine and libraries from the same content in these slots. It must give the same bytes with it as without.
   */
  readonly reuses?: readonly string[];
  /**
   * For built-in kinds: set if the kind computes nothing itself, and only waits for what it runs with
   * `context.runProgram`. It needs no process of its own then.
   */
  readonly onlyRunsPrograms?: boolean;
  /** npm packages whose versions are part of the key, because their output is stored. */
  readonly libraries?: readonly string[];
  run(context: StageContext<P>): Promise<StageResult>;
}

/** Type-checks a stage kind. */
export function defineStage<P = JsonObject>(kind: StageKind<P>): StageKind<P> {
  return kind;
}

/** The artifact in a slot that takes one. Throws if the slot is empty, which the spec check rules out. */
export function input(context: Pick<StageContext, 'inputs'>, slot: string): InputArtifact {
  const artifact = optionalInput(context, slot);
  if (!artifact) throw new Error(`no input '${slot}'`);
  return artifact;
}

export function optionalInput(
  context: Pick<StageContext, 'inputs'>,
  slot: string,
): InputArtifact | undefined {
  const artifact = context.inputs[slot];
  if (artifact === undefined || !('path' in artifact)) return undefined;
  return artifact;
}

/** The artifacts in a slot that takes many; an empty list if it is not given. */
export function inputList(context: Pick<StageContext, 'inputs'>, slot: string): readonly InputArtifact[] {
  const artifacts = context.inputs[slot] ?? [];
  return 'path' in artifacts ? [artifacts] : artifacts;
}

/** A kind without its code: the plain data that the planner needs. */
export type KindDeclaration = Omit<StageKind, 'run'>;
