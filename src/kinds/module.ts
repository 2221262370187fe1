/**
 * A user's own stage kind: a .ts or .js module named by path. It is bundled with all local modules that it imports.
 * The key covers the bundle without comments and white space, so that an edit to a helper counts and an edit to a
 * comment does not. The result is cached until the metadata of a source file changes.
 */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, extname, join, relative, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { BuildOptions, Loader, Metafile } from 'esbuild';
import { PipelineError } from '../base/diagnostic.ts';
import { reasonOf } from '../base/system-error.ts';
import { writeAtomically } from '../base/files.ts';
import { digestOf, type Digest } from '../base/hash.ts';
import type { KindDeclaration, StageKind } from '../stage.ts';
import { RESERVED_NAMES } from '../store/layout.ts';
import { declarationOf, faultOfStage } from './declaration.ts';
import { importsOf } from './imports.ts';
import type { Kind } from './kind.ts';
import { noPackages } from './packages.ts';
import { settingsFiles } from './settings-files.ts';
import { ADDRESS_NAMES, SOURCE_ADDRESSES } from './source-addresses.ts';

/** The cached description of a module. */
interface Remembered {
  readonly format: 5;
  /**
   * Every source file that went into the bundle, the files that say what an import means (settings-files.ts) and
   * package.json of each imported package, with the metadata that they had.
   */
  readonly sources: readonly (readonly [path: string, signature: string])[];
  readonly declaration: KindDeclaration;
  readonly code: Digest;
  /** Path relative to the module's folder → short digest of its code. */
  readonly files: Readonly<Record<string, string>>;
  /** File name of the runnable bundle, in the folder of this record. */
  readonly bundle: string;
}

/** CommonJS modules of a workspace call it; a bundle of ES modules has none of its own. */
const REQUIRE = {
  js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
};

const EXTENSIONS = ['.ts', '.mts', '.js', '.mjs'];

function signature(path: string): string {
  const stat = statSync(path, { bigint: true, throwIfNoEntry: false });
  return stat ? `${stat.size} ${stat.mtimeNs} ${stat.ctimeNs} ${stat.ino}` : 'missing';
}

function fault(path: string, message: string, hint?: string): PipelineError {
  return new PipelineError('E_KIND', `${relative(process.cwd(), path) || path}: ${message}`, { hint });
}

/** The kind in a module, from the cache if nothing changed. `cache` is a folder that may be deleted at any time. */
export async function moduleKind(path: string, cache: string): Promise<Kind> {
  const name = basename(path, extname(path));
  if (!EXTENSIONS.includes(extname(path)))
    throw fault(
      path,
      `a stage kind must be a ${EXTENSIONS.slice(0, -1).join(', ')} or ${EXTENSIONS.at(-1)!} module`,
    );
  if (!existsSync(path))
    throw fault(path, 'there is no such file', 'The path in `uses` is relative to the spec file.');
  if ((RESERVED_NAMES as readonly string[]).includes(name))
    throw fault(
      path,
      `a stage kind cannot be called '${name}'`,
      'Rename the file. The store has a folder of this name.',
    );
  const record = join(cache, 'kinds', `${digestOf(path)}.json`);
  const known = recall(record);
  const { declaration, code, files, bundle } = known ?? (await learn(path, record));
  const module = join(dirname(record), bundle);
  return { name, declaration, code, sources: files, module, file: path, origin: 'module' };
}

function recall(record: string): Remembered | undefined {
  try {
    const known = JSON.parse(readFileSync(record, 'utf8')) as Remembered;
    const current =
      // Fields of another version's record may have another meaning.
      (known.format as number) === 5 &&
      known.sources.every(([source, seen]) => signature(source) === seen) &&
      existsSync(join(dirname(record), known.bundle));
    return current ? known : undefined;
  } catch {
    return undefined;
  }
}

async function learn(path: string, record: string): Promise<Remembered> {
  const folder = dirname(record);
  const packages = noPackages();
  const digested = (): ReturnType<typeof bundle> =>
    bundle(path, { minifyWhitespace: true, plugins: [importsOf('keep', packages)] });
  const canonical = await digested();
  const runnable = await bundle(path, {
    plugins: [importsOf('locate', noPackages()), SOURCE_ADDRESSES],
    define: ADDRESS_NAMES,
    banner: REQUIRE,
    sourcemap: 'inline',
    // The source map names the sources relative to where the bundle will be.
    outfile: join(folder, 'kind.mjs'),
  });
  const libraries = [...packages.versions].sort().join(' ');
  const code = digestOf(`${canonical.text}\n${libraries}`);
  const file = `${code}-${digestOf(path).slice(0, 8)}.mjs`;
  writeAtomically(join(folder, file), runnable.text);
  const declaration = await declare(path, join(folder, file));
  const inputs = Object.keys(canonical.metafile.inputs).map((source) => resolve(dirname(path), source));
  const sources = [...new Set([...inputs, ...settingsFiles(inputs), ...packages.files])]
    .sort()
    .map((source) => [source, signature(source)] as const);
  // An edit while they were read would leave a bundle that is not what its digest says.
  if ((await digested()).text !== canonical.text) return learn(path, record);
  const files = await sourceDigests(canonical.metafile, dirname(path));
  const learnt: Remembered = { format: 5, sources, declaration, code, files, bundle: file };
  writeAtomically(record, JSON.stringify(learnt), { durable: true });
  return learnt;
}

/** Digests of the single files, without comments and white space, as in the digest of the whole. */
async function sourceDigests(metafile: Metafile, folder: string): Promise<Record<string, string>> {
  const { transform } = await import('esbuild');
  const digests = Object.keys(metafile.inputs)
    .sort()
    .map(async (source) => {
      const text = readFileSync(resolve(folder, source), 'utf8');
      const loader = loaderOf(source);
      const { code } = loader
        ? await transform(text, { loader, minifyWhitespace: true, legalComments: 'none' }).catch(
            (error: unknown) => {
              throw compilerFault(source, resolve(folder, source), error);
            },
          )
        : { code: text };
      return [source, digestOf(code).slice(0, 16)] as const;
    });
  return Object.fromEntries(await Promise.all(digests));
}

/** Undefined for what is no code, such as an imported text. */
function loaderOf(source: string): Loader | undefined {
  const [, ending] = /\.[cm]?([jt]sx?|json)$/.exec(source) ?? [];
  return ending as Loader | undefined;
}

async function declare(path: string, file: string): Promise<KindDeclaration> {
  let module: { readonly stage?: unknown };
  // Node reads the source maps of modules that are loaded while they are enabled.
  process.setSourceMapsEnabled(true);
  try {
    module = (await import(pathToFileURL(file).href)) as { readonly stage?: unknown };
  } catch (error) {
    throw fault(path, `it cannot be loaded: ${reasonOf(error)}${placeOf(error)}`);
  } finally {
    process.setSourceMapsEnabled(false);
  }
  const wrong = faultOfStage(module.stage);
  if (wrong) throw fault(path, wrong, 'A module named by `uses` must export `stage = defineStage({...})`.');
  // A JSON round trip, so that a declaration is the same whether it was cached or just loaded.
  return JSON.parse(JSON.stringify(declarationOf(module.stage as StageKind))) as KindDeclaration;
}

/** The place in the user's sources where it was thrown: the first frame of the stack that is in a file of theirs. */
function placeOf(error: unknown): string {
  const stack = error instanceof Error ? (error.stack ?? '') : '';
  const frame = /^\s+at (?:.*\()?(?:file:\/\/)?(\/[^)\n]*\.[cm]?[jt]sx?:\d+:\d+)\)?$/m.exec(stack)?.[1];
  return frame === undefined ? '' : ` (at ${relative(process.cwd(), frame)})`;
}

async function bundle(path: string, options: BuildOptions): Promise<{ text: string; metafile: Metafile }> {
  const { build } = await import('esbuild');
  try {
    const result = await build({
      absWorkingDir: dirname(path),
      entryPoints: [path],
      bundle: true,
      platform: 'node',
      format: 'esm',
      target: 'node20.19',
      legalComments: 'none',
      logLevel: 'silent',
      metafile: true,
      write: false,
      outfile: 'kind.js',
      ...options,
    });
    return { text: result.outputFiles![0]!.text, metafile: result.metafile! };
  } catch (error) {
    throw compilerFault(path, path, error);
  }
}

/** An error in the source, or the end of the compiler: a process of its own, which can be killed or run out of memory. */
function compilerFault(name: string, path: string, error: unknown): PipelineError {
  const { errors } = error as {
    errors?: { text: string; location: { file: string; line: number; column: number } | null }[];
  };
  const first = errors?.[0];
  if (!first)
    return new PipelineError('E_COMPILER', `the compiler was ended while it read ${name}`, {
      hint: 'Run the same command again. If it happens again, the machine may be short of memory.',
      cause: error,
    });
  const at = first.location ? `${first.location.line}:${first.location.column + 1}: ` : '';
  return fault(path, `it cannot be compiled: ${at}${first.text}`);
}
