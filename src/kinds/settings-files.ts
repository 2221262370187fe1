/**
 * The files that say how a compiler reads sources: `paths` of a tsconfig.json, `exports` of a package.json. They are
 * no sources, but an edit to one can change what an import means, so what is remembered of a module depends on them.
 */
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, isAbsolute, join, resolve } from 'node:path';

const NAMES = ['package.json', 'tsconfig.json', 'jsconfig.json'];

/** Those in each folder above the sources, there or not, and what they extend. Absolute paths. */
export function settingsFiles(sources: readonly string[]): string[] {
  const found = new Set<string>();
  for (const source of sources)
    for (let folder = dirname(source); ; folder = dirname(folder)) {
      for (const name of NAMES) note(join(folder, name), found);
      if (folder === dirname(folder)) break;
    }
  return [...found];
}

function note(path: string, found: Set<string>): void {
  if (found.has(path)) return;
  found.add(path);
  if (path.endsWith('package.json') || !existsSync(path)) return;
  for (const base of basesIn(readFileSync(path, 'utf8'))) {
    const located = locate(base, path);
    if (located !== undefined) note(located, found);
  }
}

/** The file may hold comments and trailing commas, so it is searched and not parsed. */
function basesIn(text: string): string[] {
  const value = /"extends"\s*:\s*("[^"]*"|\[[^\]]*\])/.exec(text)?.[1] ?? '';
  return [...value.matchAll(/"([^"]*)"/g)].map((match) => match[1]!);
}

function locate(base: string, from: string): string | undefined {
  const candidates = [base, `${base}.json`, `${base}/tsconfig.json`];
  if (base.startsWith('.') || isAbsolute(base)) {
    const paths = candidates.map((candidate) => resolve(dirname(from), candidate));
    return paths.find((path) => path.endsWith('.json') && existsSync(path)) ?? paths[0];
  }
  for (const candidate of candidates) {
    try {
      return createRequire(from).resolve(candidate);
    } catch {
      // The next candidate may be there; where none is, the compiler says so.
    }
  }
  return undefined;
}
