/**
 * The contract between the orchestrator and a stage kind: the only thing both sides import.
 * A kind is a module that exports `stage = defineStage({...})`. Importing it must be cheap: the planner reads
 * the declaration without running it, so heavy libraries belong behind `import()` inside `run`.
 */
import type { JsonObject } from './base/json.ts';

export type { Json, JsonObject } from './base/json.ts';
export { PipelineError } from './base/diagnostic.ts';
export type { FromSchema } from './base/schema-type.ts';

/** What an artifact holds; docs/ARTIFACTS.md lists the files of each type. A kind of yours may add names. */
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
 * A JSON Schema (draft 2020-12 vocabulary that ajv knows) for a kind's `with`. Every property has a
 * `description`, and a `default` where it may be left out: defaults are filled in before the key is made.
 * A string with `"x-path": "input"` is a path, glob, folder or URL that the stage reads: relative to the spec
 * file, replaced in the key by the content it names, and made absolute in `context.params`. Written `as const`, the
 * schema gives the type of the parameters too: `FromSchema<typeof parameters>`.
 */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** One named input of a kind. */
export interface InputSlot {
  readonly type: ArtifactType | readonly ArtifactType[] | 'any';
  readonly description: string;
  readonly optional?: boolean;
  /**
   * Takes a list of stages instead of one: true all instances of a matrix that fit, 'paired' of each name the one that
   * belongs to the stage's own instance.
   */
  readonly many?: boolean | 'paired';
  /** When this input is given, `x-path` parameters are relative to its folder and not to the spec. */
  readonly rootsPaths?: boolean;
}

/** A finished artifact that a stage reads. Its files are immutable. */
export interface InputArtifact {
  readonly type: ArtifactType;
  /** Name of the stage that made it, for messages only: it is not part of any key. */
  readonly stage: string;
  /** Absolute path of the artifact's folder. */
  readonly path: string;
  readonly digest: string;
  readonly metrics: Metrics;
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
  /** `fast` allows fused multiply-add: quicker, and its bytes differ from `exact`. */
  readonly precision: 'exact' | 'fast';
  /** Where TensorFlow computes; always `cpu` for wasm. */
  readonly device: 'cpu' | 'gpu';
  readonly version: string;
}

export interface Progress {
  readonly done: number;
  /** Absent while unknown. */
  readonly total?: number;
  /** What is counted: `rows`, `triplets`, `bytes`. */
  readonly unit: string;
  /** A few words on what goes on or how it goes: `epoch 3/10 · loss 0.12`. */
  readonly note?: string;
}

export interface StageContext<P = JsonObject> {
  /** `with` after interpolation, validation and defaults; `x-path` values are absolute. */
  readonly params: P;
  /** By slot; slots that take many hold arrays; absent optional slots are missing. */
  readonly inputs: Readonly<Record<string, InputArtifact | readonly InputArtifact[]>>;
  /** An empty folder: what is written here becomes the artifact. */
  readonly output: string;
  /** An empty folder for temporary files, removed afterwards. */
  readonly scratch: string;
  /** Where finished downloads are kept between runs, addressed by URL. */
  readonly downloads: string;
  /** A folder that survives a killed or failed attempt at this very key: for checkpoints. Removed on success. */
  readonly resume: string;
  /** The spec's folder. */
  readonly project: string;
  /** Compute threads that the stage may use. The bytes of the artifact must not depend on it. */
  readonly threads: number;
  readonly engine: Engine;
  /** Aborted on Ctrl-C; a stage that ignores it is killed. */
  readonly signal: AbortSignal;
  progress(progress: Progress): void;
  log(message: string): void;
  warn(message: string): void;
}

export interface StageResult {
  /** Figures for people and for `show`, `compare`: counts, rates, quality. Not part of the digest. */
  readonly metrics?: Metrics;
  /** The few words shown behind a finished stage: `MRR@10 0.61`. */
  readonly headline?: string;
  /**
   * For files whose bytes are not canonical (a database): path inside the artifact → text that stands for the
   * logical content, such as a hash over its ordered rows.
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
  /** True where the artifact holds the results of engine arithmetic, so that the engine is part of the key. */
  readonly numeric?: boolean;
  /** npm packages whose version is part of the key because their output is stored. */
  readonly libraries?: readonly string[];
  run(context: StageContext<P>): Promise<StageResult>;
}

/** Gives a stage kind its type. */
export function defineStage<P = JsonObject>(kind: StageKind<P>): StageKind<P> {
  return kind;
}

/** The artifact in a slot that takes one; throws where the slot is empty, which the spec check rules out. */
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

/** The artifacts in a slot that takes many; none where it is left out. */
export function inputList(context: Pick<StageContext, 'inputs'>, slot: string): readonly InputArtifact[] {
  const artifacts = context.inputs[slot] ?? [];
  return 'path' in artifacts ? [artifacts] : artifacts;
}

/** The plain data of a kind: all of it that the planner needs, and nothing that has to be run. */
export type KindDeclaration = Omit<StageKind, 'run'>;
