/** Finds the kind that a stage's `uses` names. */
import { isAbsolute, resolve } from 'node:path';
import { PipelineError } from '../../base/diagnostic.ts';
import { didYouMean } from '../../base/nearest.ts';
import type { Kind, KindCatalogue } from '../../kinds/kind.ts';
import type { KindReference } from '../spec.ts';
import { errorAt, type Report } from '../text/source.ts';
import { sourceOf, type ScalarNode } from '../text/tree.ts';

const MODULE = /\.[cm]?[jt]s$/;

/** The kind that `uses: …` refers to; undefined if there is none, which is reported at the value. */
export function referenceOf(
  uses: ScalarNode,
  catalogue: KindCatalogue,
  report: Report,
): KindReference | undefined {
  const name = uses.value as string;
  if (/^\.\.?\//.test(name) || isAbsolute(name)) return { module: resolve(sourceOf(uses).directory, name) };
  if (catalogue.builtIn(name)) return { builtIn: name };
  if (MODULE.test(name) || name.includes('/')) {
    report(
      errorAt(uses.place, `there is no stage kind '${name}'`, {
        hint: `For your own module, write \`./${name}\`.`,
      }),
    );
    return undefined;
  }
  const meant = didYouMean(name, catalogue.names);
  const all = `The kinds are ${catalogue.names.join(', ')}, and modules such as ./path/to/kind.ts.`;
  const hint = meant === undefined ? all : `${meant} ${all}`;
  report(errorAt(uses.place, `there is no stage kind '${name}'`, { hint }));
  return undefined;
}

/** Undefined if a user's module has an error, which is reported at the `uses` that names it. */
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
