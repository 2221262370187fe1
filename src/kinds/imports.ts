/**
 * What a user's module imports, for the compiler. Their own files (relative, by `paths` of a tsconfig.json, or of a
 * workspace package) become part of the bundle; what lies in node_modules stays outside, by name and version.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { ImportKind, Plugin, ResolveResult } from 'esbuild';
import { DIST, ownPackage } from '../base/installation.ts';
import { isInPackage, notePackage, type Packages } from './packages.ts';

/** What a kind may import of this package: `exports` in package.json. */
const ENTRIES = ['stage', 'artifacts'];

/** Written by the build: the entries whose code reaches what a kind writes, with the digest of that code. */
const ENTRIES_FILE = join(DIST, 'entries.json');

/**
 * `keep` leaves the names of packages as written, so that the digest holds no path of this machine, and notes the
 * packages; `locate` turns the names into addresses, because the bundle does not lie where the module does.
 */
export function importsOf(mode: 'keep' | 'locate', packages: Packages): Plugin {
  const outside = (specifier: string, file: string, kind: ImportKind): { path: string; external: true } => ({
    path: mode === 'keep' ? specifier : address(file, kind),
    external: true,
  });
  return {
    name: 'imports',
    setup(build): void {
      build.onResolve({ filter: /^[^./]/ }, async ({ path, kind, pluginData, resolveDir }) => {
        if (kind === 'entry-point' || pluginData === 'resolved') return undefined;
        if (path.startsWith(`${ownPackage().name}/`)) {
          const entry = path.slice(ownPackage().name.length + 1);
          if (!ENTRIES.includes(entry)) return { errors: [{ text: noEntry(path) }] };
          noteEntry(path, entry, packages);
          return outside(path, join(DIST, `${entry}.js`), kind);
        }
        const found = await build.resolve(path, { kind, resolveDir, pluginData: 'resolved' });
        if (found.errors.length > 0) return { errors: found.errors };
        if (found.external) return { path, external: true };
        // A workspace package resolves to its real folder, outside node_modules.
        if (!isInPackage(found.path)) return bundled(found);
        await notePackage(found.path, resolveDir, packages);
        return outside(path, found.path, kind);
      });
    },
  };
}

function bundled({ path, namespace, suffix, sideEffects }: ResolveResult): Partial<ResolveResult> {
  return { path, namespace, suffix, sideEffects };
}

/** `require` takes no file URL. */
function address(file: string, kind: ImportKind): string {
  return kind === 'require-call' || kind === 'require-resolve' ? file : pathToFileURL(file).href;
}

function noEntry(specifier: string): string {
  const there = ENTRIES.map((entry) => `'${ownPackage().name}/${entry}'`).join(' and ');
  return `there is no '${specifier}': a kind may import ${there}`;
}

function noteEntry(specifier: string, entry: string, packages: Packages): void {
  const code = (readJson(ENTRIES_FILE) as Record<string, string>)[entry];
  if (code === undefined) return;
  packages.versions.add(`${specifier}@${code}`);
  packages.files.add(ENTRIES_FILE);
}

function readJson(path: string): unknown {
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : {};
}
