import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '../..');

function sources(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    // The kernels' own language has its own compiler.
    if (entry.isDirectory()) return entry.name === 'assembly' ? [] : sources(path);
    return /\.tsx?$/.test(entry.name) ? [path] : [];
  });
}

/** Relative imports and re-exports, of types too. */
function importsOf(file: string): string[] {
  const found = readFileSync(file, 'utf8').matchAll(/(?:\bfrom|\bimport\()\s*'(\.[^']+)'/g);
  return [...found].map(([, path]) => resolve(dirname(file), path!));
}

/** The files of a circle in the order in which they import each other; undefined where there is none. */
function findCircle(graph: ReadonlyMap<string, readonly string[]>): string[] | undefined {
  const finished = new Set<string>();
  const visit = (file: string, path: readonly string[]): string[] | undefined => {
    if (path.includes(file)) return [...path.slice(path.indexOf(file)), file];
    if (finished.has(file)) return undefined;
    for (const next of graph.get(file) ?? []) {
      const circle = visit(next, [...path, file]);
      if (circle) return circle;
    }
    finished.add(file);
    return undefined;
  };
  for (const file of graph.keys()) {
    const circle = visit(file, []);
    if (circle) return circle.map((one) => relative(root, one));
  }
  return undefined;
}

it('finds a circle of three and tells it apart from a diamond', () => {
  const diamond = { a: ['b', 'c'], b: ['d'], c: ['d'], d: [] };
  const circle = { a: ['b'], b: ['c'], c: ['a'] };
  expect(findCircle(new Map(Object.entries(diamond)))).toBeUndefined();
  expect(findCircle(new Map(Object.entries(circle)))).toHaveLength(4);
});

it('no file of src or stages imports itself through others', () => {
  const files = ['src', 'stages'].flatMap((top) => sources(join(root, top)));
  expect(files.length).toBeGreaterThan(300);
  expect(findCircle(new Map(files.map((file) => [file, importsOf(file)])))).toBeUndefined();
});
