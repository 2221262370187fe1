import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readTokens } from '../../../src/formats/tokens.ts';
import { stage as evaluate } from '../../../stages/evaluate/kind.ts';
import { stage as ingest } from '../../../stages/ingest/kind.ts';
import { stage as mine } from '../../../stages/mine/kind.ts';
import { stage as tokenize } from '../../../stages/tokenize/kind.ts';
import { MEDQUAD } from '../../helpers/data.ts';
import { runKind } from '../../helpers/run-kind.ts';
import { embeddingsArtifact, randomMatrix } from '../../retrieval/fixtures.ts';

describe.skipIf(!MEDQUAD)('MedQuAD, where its files are (MEDQUAD_DIR)', () => {
  it('BM25 scores the same as an independent implementation, and triplets are mined', async () => {
    const split = (name: string): string => join(MEDQUAD!, `${name}.jsonl.gz`);
    const corpus = await runKind(ingest, {
      params: {
        format: 'msmarco',
        splits: { train: split('train'), validation: split('validation'), test: split('test') },
      },
    });
    const tokens = await runKind(tokenize, { inputs: { corpus: corpus.artifact } });
    const { documents, queries } = readTokens(tokens.artifact.path);
    const report = await runKind(evaluate, {
      params: { depth: 100, bootstrap: { samples: 0 }, permutations: 0, fusion: { enabled: false } },
      inputs: {
        corpus: corpus.artifact,
        tokens: tokens.artifact,
        // Only BM25 is tested: any vectors will do, and they should perform like random order.
        embeddings: embeddingsArtifact(
          randomMatrix(documents.offsets.length - 1, 8, 'documents'),
          randomMatrix(queries.offsets.length - 1, 8, 'queries'),
        ),
      },
    });
    const independent = {
      'bm25/mrr@10': 0.487,
      'bm25/hit@1': 0.335,
      'bm25/hit@5': 0.703,
      'bm25/hit@10': 0.816,
      'bm25/recall@100': 0.884,
      'bm25/candidates/mrr': 0.634,
      'bm25/candidates/p@1': 0.453,
    };
    for (const [name, value] of Object.entries(independent)) {
      expect(Math.abs((report.metrics![name] as number) - value), name).toBeLessThan(0.01);
    }
    expect(report.metrics!['candidates/p@1']).toBeLessThan(0.2);
    const triplets = await runKind(mine, {
      params: { negatives: [{ from: 'bm25' }, { from: 'candidates' }] },
      inputs: { tokens: tokens.artifact },
    });
    expect(triplets.headline).toBe('12,843 triplets · 50 % bm25 · 50 % candidates');
  });
});
