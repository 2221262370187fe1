import { isAbsolute, resolve } from 'node:path';
import { PipelineError } from '../../base/diagnostic.ts';
import { nearest } from '../../base/nearest.ts';
import type { Kind, KindCatalogue } from '../../kinds/kind.ts';
import type { KindReference } from '../spec.ts';
import { errorAt, type Report } from '../text/source.ts';
import { sourceOf, type ScalarNode } from '../text/tree.ts';

const MODULE = /\.[cm]?[jt]s$/;

/** What `uses: …` stands for; undefined where it is nothing, which is reported at the value. */
export function referenceOf(
  uses: ScalarNode,
  catalogue: KindCatalogue,
  report: Report,
): KindReference | undefined {
  const name = uses.value as string;
  if (/^\.\.?\//.test(name) || isAbsolute(name)) return { module: resolve(sourceOf(uses).directory, name) };
  if (catalogue.builtIn(name)) return { builtIn: name };
  if (MODULE.test(name) || name.includes('/')) {
    report(errorAt(uses.place, `'${name}' is no kind`, { hint: `for a module of yours, write ./${name}` }));
    return undefined;
  }
  const close = nearest(name, catalogue.names);
  report(
    errorAt(uses.place, `there is no stage kind '${name}'`, {
      hint: `${close === undefined ? '' : `did you mean '${close}'? `}Kinds: ${catalogue.names.join(', ')}, or ./path/to/kind.ts`,
    }),
  );
  return undefined;
}

/** Undefined where a user's module is faulty, which is reported at the `uses` that names it. */
export async function findKind(
  reference: KindReference,
  uses: ScalarNode,
  catalogue: KindCatalogue,
  report: Report,
): Promise<Kind | undefined> {
  if ('builtIn' in reference) return catalogue.builtIn(reference.builtIn);
  try {
    return await catalogue.module(reference.module);
  } catch (error) {
    if (!(error instanceof PipelineError)) throw error;
    report(errorAt(uses.place, error.message, { hint: error.hint }));
    return undefined;
  }
}
