/**
 * A user's own stage kind: a .ts or .js module named by path. It is bundled with every module of theirs that it
 * imports; the bundle without comments and white space is what the key sees, so an edit to a helper counts and
 * an edit to a comment does not. What was learnt is remembered by the files' metadata.
 */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, extname, join, relative, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { BuildOptions, Metafile, Plugin } from 'esbuild';
import { PipelineError } from '../base/diagnostic.ts';
import { writeAtomically } from '../base/files.ts';
import { digestOf, type Digest } from '../base/hash.ts';
import { DIST, installedVersion, ownPackage } from '../base/installation.ts';
import type { KindDeclaration, StageKind } from '../stage.ts';
import { RESERVED_NAMES } from '../store/layout.ts';
import { declarationOf, faultOfStage } from './declaration.ts';
import type { Kind } from './kind.ts';

/** What is remembered of a module between runs. */
interface Remembered {
  readonly format: 2;
  /** Every source file that went into the bundle, with the metadata that it had. */
  readonly sources: readonly (readonly [path: string, signature: string])[];
  readonly declaration: KindDeclaration;
  readonly code: Digest;
  /** Path below the module's folder (or beside it) → short digest of its code. */
  readonly files: Readonly<Record<string, string>>;
  /** File name of the runnable bundle beside this record. */
  readonly bundle: string;
}

const EXTENSIONS = ['.ts', '.mts', '.js', '.mjs'];

function signature(path: string): string {
  const stat = statSync(path, { bigint: true, throwIfNoEntry: false });
  return stat ? `${stat.size} ${stat.mtimeNs} ${stat.ctimeNs} ${stat.ino}` : 'missing';
}

function fault(path: string, message: string, hint?: string): PipelineError {
  return new PipelineError('E_KIND', `${relative(process.cwd(), path) || path}: ${message}`, { hint });
}

/** Loads, or recalls, the kind in a module. `cache` is a folder that may be deleted at any time. */
export async function moduleKind(path: string, cache: string): Promise<Kind> {
  const name = basename(path, extname(path));
  if (!EXTENSIONS.includes(extname(path)))
    throw fault(path, `a stage kind is a ${EXTENSIONS.join(', ')} module`);
  if (!existsSync(path))
    throw fault(path, 'there is no such file', 'uses: takes a path relative to the spec file.');
  if ((RESERVED_NAMES as readonly string[]).includes(name))
    throw fault(
      path,
      `a stage kind may not be called '${name}'`,
      'Rename the file: the store has a folder of this name.',
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
      // Another version's record: its fields may mean something else.
      (known.format as number) === 2 &&
      known.sources.every(([source, seen]) => signature(source) === seen) &&
      existsSync(join(dirname(record), known.bundle));
    return current ? known : undefined;
  } catch {
    return undefined;
  }
}

async function learn(path: string, record: string): Promise<Remembered> {
  const folder = dirname(record);
  const canonical = await bundle(path, { minifyWhitespace: true, plugins: [bareImports('keep', path)] });
  const runnable = await bundle(path, { plugins: [bareImports('locate', path)], sourcemap: 'inline' });
  const code = digestOf(`${canonical.text}\n${librariesOf(canonical.metafile, path)}`);
  const file = `${code}-${digestOf(path).slice(0, 8)}.mjs`;
  writeAtomically(join(folder, file), runnable.text);
  const declaration = await declare(path, join(folder, file));
  const sources = Object.keys(canonical.metafile.inputs)
    .map((source) => resolve(dirname(path), source))
    .sort()
    .map((source) => [source, signature(source)] as const);
  const files = await sourceDigests(canonical.metafile, dirname(path));
  const learnt: Remembered = { format: 2, sources, declaration, code, files, bundle: file };
  writeAtomically(record, JSON.stringify(learnt), { durable: true });
  return learnt;
}

/** Comments and white space aside, as in the digest of the whole. */
async function sourceDigests(metafile: Metafile, folder: string): Promise<Record<string, string>> {
  const { transform } = await import('esbuild');
  const digests = Object.keys(metafile.inputs)
    .sort()
    .map(async (source) => {
      const text = readFileSync(resolve(folder, source), 'utf8');
      const loader = /\.[cm]?js$/.test(source) ? 'js' : source.endsWith('.json') ? 'json' : 'ts';
      const { code } = await transform(text, { loader, minifyWhitespace: true, legalComments: 'none' });
      return [source, digestOf(code).slice(0, 16)] as const;
    });
  return Object.fromEntries(await Promise.all(digests));
}

async function declare(path: string, file: string): Promise<KindDeclaration> {
  let module: { readonly stage?: unknown };
  try {
    module = (await import(pathToFileURL(file).href)) as { readonly stage?: unknown };
  } catch (error) {
    throw fault(path, `it cannot be loaded: ${(error as Error).message}`);
  }
  const wrong = faultOfStage(module.stage);
  if (wrong) throw fault(path, wrong, `A module that "uses:" names exports \`stage = defineStage({...})\`.`);
  // Through JSON and back: a declaration is data, and is the same whether it was remembered or just loaded.
  return JSON.parse(JSON.stringify(declarationOf(module.stage as StageKind))) as KindDeclaration;
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
    const { errors } = error as {
      errors?: { text: string; location: { file: string; line: number; column: number } | null }[];
    };
    const first = errors?.[0];
    // The compiler is a process of its own, which can be killed or find no memory.
    if (!first)
      throw new PipelineError('E_COMPILER', `the compiler of ${path} stopped: ${(error as Error).message}`, {
        hint: 'Run the same command again.',
      });
    const at = first.location ? `${first.location.line}:${first.location.column + 1}: ` : '';
    throw fault(path, `it cannot be compiled: ${at}${first.text}`);
  }
}

/**
 * Packages are not bundled. `keep` leaves their names as written, so that the digest holds no path of this
 * machine; `locate` turns them into addresses, because the bundle does not lie where the module does.
 */
function bareImports(mode: 'keep' | 'locate', path: string): Plugin {
  const own = ownPackage().name;
  return {
    name: 'bare-imports',
    setup(build): void {
      build.onResolve({ filter: /^[^./]/ }, async ({ path: specifier, kind, pluginData }) => {
        if (kind === 'entry-point' || pluginData === 'resolved') return undefined;
        if (specifier.startsWith('node:') || mode === 'keep') return { path: specifier, external: true };
        if (specifier === `${own}/stage`)
          return { path: pathToFileURL(join(DIST, 'stage.js')).href, external: true };
        const found = await build.resolve(specifier, {
          kind,
          resolveDir: dirname(path),
          pluginData: 'resolved',
        });
        if (found.errors.length > 0) return { errors: found.errors };
        return { path: found.external ? specifier : pathToFileURL(found.path).href, external: true };
      });
    },
  };
}

/** Names and versions of the packages that the bundle imports. */
function librariesOf(metafile: Metafile, path: string): string {
  const imports = Object.values(metafile.inputs).flatMap((source) =>
    source.imports.filter((item) => item.external),
  );
  const names = imports
    .map(({ path: specifier }) =>
      specifier
        .split('/')
        .slice(0, specifier.startsWith('@') ? 2 : 1)
        .join('/'),
    )
    .filter((name) => !name.startsWith('node:') && name !== ownPackage().name);
  return [...new Set(names)]
    .sort()
    .map((name) => `${name}@${installedVersion(name, dirname(path)) ?? '?'}`)
    .join(' ');
}
