// The measured pipelines as our specs; bench/peers/ has the same for DVC and Snakemake.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { once } from './measure.mjs';

const COMMAND = join(dirname(dirname(dirname(fileURLToPath(import.meta.url)))), 'dist', 'pipeline.cjs');

export function temporaryFolder(name) {
  const folder = mkdtempSync(join(tmpdir(), `bench-${name}-`));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }));
  return folder;
}

/** A folder with a spec in it, and the built command run there. */
export function project(name, spec) {
  const folder = temporaryFolder(name);
  mkdirSync(join(folder, 'artifacts'));
  writeFileSync(join(folder, 's.yaml'), spec);
  return {
    folder,
    pipeline: (...args) => once([process.execPath, COMMAND, ...args], { cwd: folder }),
    /** Removes the cached spec, so that it is read and checked anew. */
    forget: () => rmSync(join(folder, 'artifacts', 'cache'), { recursive: true, force: true }),
    empty: () => {
      rmSync(join(folder, 'artifacts'), { recursive: true, force: true });
      mkdirSync(join(folder, 'artifacts'));
    },
  };
}

/** `length` commands in a row. */
export function chainSpec(length) {
  const stage = (i) =>
    i === 0
      ? `  s0: { uses: command, with: { run: 'echo 0 > $OUTPUT/out' } }`
      : `  s${i}: { uses: command, inputs: { up: s${i - 1} }, with: { run: 'echo ${i} | cat $INPUT_UP/out - > $OUTPUT/out' } }`;
  return `name: chain\nstages:\n${Array.from({ length }, (_, i) => stage(i)).join('\n')}\n`;
}

/** a × b × c independent commands, one for each cell of a grid. */
export function gridSpec(a, b, c) {
  const range = (n) => `[${Array.from({ length: n }, (_, i) => i).join(', ')}]`;
  return `name: grid
stages:
  cell:
    uses: command
    matrix: { a: ${range(a)}, b: ${range(b)}, c: ${range(c)} }
    with: { run: 'echo $PARAM_A $PARAM_B $PARAM_C > $OUTPUT/out', params: { a: "\${matrix.a}", b: "\${matrix.b}", c: "\${matrix.c}" } }
`;
}

/** The same with every stage written out. */
export function writtenGridSpec(a, b, c) {
  const stages = [];
  for (let i = 0; i < a; i++)
    for (let j = 0; j < b; j++)
      for (let k = 0; k < c; k++)
        stages.push(
          `  cell_${i}_${j}_${k}: { uses: command, with: { run: 'echo $PARAM_A $PARAM_B $PARAM_C > $OUTPUT/out', params: { a: ${i}, b: ${j}, c: ${k} } } }`,
        );
  return `name: grid\nstages:\n${stages.join('\n')}\n`;
}
