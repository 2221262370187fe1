/** Opens the systems that are compared: the model, and the baselines that the parameters ask for. */
import { join } from 'node:path';
import type { SearchKernels } from '../../../src/engine/kernels/search/search-kernels.ts';
import { DOCUMENTS_FILE, readEmbeddingsConfig } from '../../../src/formats/embeddings.ts';
import { readNpy, type Matrix } from '../../../src/formats/npy.ts';
import type { Tokens } from '../../../src/formats/tokens.ts';
import { readVectors } from '../../../src/formats/vectors.ts';
import { bm25Family } from '../../../src/retrieval/bm25.ts';
import { createExactSearch } from '../../../src/retrieval/exact.ts';
import { input, optionalInput, type StageContext } from '../../../src/stage.ts';
import type { Fusible } from '../fusion/choose.ts';
import type { EvaluateParams } from '../parameters.ts';
import { bm25System, meanSystem, vectorSystem, withoutIgnored, type System } from './systems.ts';

export interface OpenSystems {
  /** In the order of the report. */
  readonly systems: readonly System[];
  /** Undefined without BM25. */
  readonly fusible: Fusible | undefined;
}

/** `vectors`: those of the queries. */
export function openSystems(
  context: StageContext<EvaluateParams>,
  tokens: Tokens,
  vectors: Matrix,
  kernels: SearchKernels | undefined,
): OpenSystems {
  const { baselines, bm25: scoring, mean, ignore_identical_ids: ignores } = context.params;
  const leave = (system: System): System =>
    ignores && tokens.ownDocuments ? withoutIgnored(system) : system;
  const folder = input(context, 'embeddings').path;
  const { similarity } = readEmbeddingsConfig(folder);
  const search = createExactSearch(readNpy(join(folder, DOCUMENTS_FILE)), similarity, kernels);
  const model = leave(vectorSystem('model', search, vectors));
  const wordsWith = openWords(tokens, kernels, leave);
  const bm25 = baselines.includes('bm25') ? wordsWith(scoring) : undefined;
  const words = baselines.includes('mean') ? optionalInput(context, 'vectors') : undefined;
  return {
    systems: [
      model,
      ...(bm25 ? [bm25] : []),
      ...(words ? [leave(meanSystem(tokens, readVectors(words.path), mean.weighting, kernels))] : []),
    ],
    fusible: bm25 && { model, bm25, wordsWith },
  };
}

/** Words scored in any way, over one index, which is built when it is first needed. */
function openWords(
  tokens: Tokens,
  kernels: SearchKernels | undefined,
  leave: (system: System) => System,
): Fusible['wordsWith'] {
  let family: ReturnType<typeof bm25Family> | undefined;
  return (scoring) => {
    family ??= bm25Family(tokens.documents, tokens.vocabulary.tokens.length, kernels);
    return leave(bm25System(family(scoring)));
  };
}
