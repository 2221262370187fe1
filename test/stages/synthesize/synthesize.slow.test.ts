import { describe, expect, it } from 'vitest';
import { openCorpus, type QueryRow } from '../../../src/formats/corpus.ts';
import { readCorpusSummary } from '../../../src/formats/corpus-summary.ts';
import type { InputArtifact, JsonObject } from '../../../src/stage.ts';
import { stage } from '../../../stages/synthesize/kind.ts';
import { runKind, type KindRun } from '../../helpers/run-kind.ts';
import { folderOf, ingest, jsonl } from '../ingest/fixtures.ts';

/** Twelve animals, each with words of its own, and a sentence that all of them share. */
const ANIMALS = [
  [
    'otter',
    'The otter floats on rivers. A romp of otters hunts trout. Fishermen envy every otter that hunts trout.',
  ],
  [
    'badger',
    'The badger digs setts. Earthworms feed the badger at dusk. Setts of one badger clan last centuries.',
  ],
  [
    'heron',
    'The heron stands in marshes. Frogs fear the heron at dawn. Colonies of a heron fill tall poplars.',
  ],
  [
    'lynx',
    'The lynx stalks deer. Tufted ears mark the lynx in snow. Deer avoid valleys where the lynx dens.',
  ],
  [
    'beaver',
    'The beaver fells aspens. Dams of the beaver flood meadows. Aspens regrow where a beaver leaves.',
  ],
  [
    'stork',
    'The stork nests on chimneys. Villages welcome the stork in April. Chimneys bear stork nests for decades.',
  ],
  [
    'marmot',
    'The marmot whistles at eagles. Alpine burrows hide the marmot all winter. Eagles take marmot pups.',
  ],
  ['newt', 'The newt courts in ponds. Crests adorn the male newt in spring. Ponds with fish lose each newt.'],
  [
    'viper',
    'The viper basks on heather. Venom of the viper kills voles. Voles smell the viper under heather.',
  ],
  [
    'salmon',
    'The salmon leaps up weirs. Gravel hides eggs of the salmon. Weirs stop the salmon from spawning.',
  ],
  [
    'swift',
    'The swift sleeps on the wing. Eaves shelter the swift for weeks. Insects feed the swift over eaves.',
  ],
  ['hare', 'The hare boxes in March. Clover feeds the hare at night. Leverets of the hare lie in clover.'],
] as const;
const SHARED = 'Read more about wild animals of our country on the next page.';

const corpusOf = async (titles: boolean, queries: JsonObject[] = []): Promise<InputArtifact> => {
  const documents = ANIMALS.map(([title, text], i) => ({
    _id: `d${i}`,
    ...(titles && { title: `The common ${title}` }),
    text: `${text} ${SHARED}`,
  }));
  const folder = folderOf({
    'corpus.jsonl': jsonl(...documents),
    'queries.jsonl': jsonl({ _id: 'q1', text: 'what hunts trout' }, ...queries),
    'qrels/train.tsv': 'query-id\tcorpus-id\tscore\nq1\td0\t1\n',
    'qrels/test.tsv': `query-id\tcorpus-id\tscore\n${queries.map(({ _id }) => `${_id as string}\td1\t1\n`).join('')}`,
  });
  return (await ingest({ format: 'beir', folder })).artifact;
};

interface Synthesized extends KindRun {
  readonly queries: readonly QueryRow[];
  readonly synthetic: readonly QueryRow[];
}

const synthesize = async (corpus: InputArtifact, params: JsonObject = {}): Promise<Synthesized> => {
  const run = await runKind(stage, { params, inputs: { corpus } });
  const opened = await openCorpus(run.artifact.path);
  try {
    const queries = await opened.queryRows();
    return { ...run, queries, synthetic: queries.filter(({ synthetic }) => synthetic) };
  } finally {
    opened.close();
  }
};

const only = (method: string): JsonObject => ({
  title: 0,
  first_sentence: 0,
  cloze: 0,
  crop: 0,
  key_terms: 0,
  [method]: 1,
});

describe('synthesize', () => {
  it('adds queries to train, each with its document, after everything that was there', async () => {
    const corpus = await corpusOf(false);
    const run = await synthesize(corpus);
    expect(run.queries[0]).toEqual({
      id: 0,
      name: 'q1',
      split: 'train',
      text: 'what hunts trout',
      type: null,
      synthetic: false,
    });
    expect(run.synthetic.length).toBeGreaterThan(8);
    for (const [i, { id, name, split, type }] of run.synthetic.entries()) {
      expect([id, split]).toEqual([i + 1, 'train']);
      expect(name).toMatch(`synthetic:${type!}:`);
    }
    const opened = await openCorpus(run.artifact.path);
    const qrels = await opened.qrels();
    opened.close();
    expect([...qrels.queries]).toEqual(run.queries.map(({ id }) => id));
    // Every query has words of its document.
    for (const { id, text } of run.synthetic) {
      const [animal, words] = ANIMALS[qrels.documents[id]!]!;
      expect(`${animal} ${words}`.toLowerCase()).toContain(text.toLowerCase().split(' ')[0]);
    }
    const { splits } = readCorpusSummary(run.artifact.path);
    expect(splits).toEqual([
      {
        name: 'train',
        queries: run.queries.length,
        unanswered: 0,
        qrels: run.queries.length,
        candidates: 0,
        synthetic: run.synthetic.length,
      },
    ]);
  });

  it('gives the same queries for the same seed, and others for another', async () => {
    const corpus = await corpusOf(false);
    const [once, again, other] = [
      await synthesize(corpus),
      await synthesize(corpus),
      await synthesize(corpus, { seed: 1 }),
    ];
    expect(again.digests).toEqual(once.digests);
    expect(other.digests).not.toEqual(once.digests);
  });

  it('takes titles as queries for the text below them', async () => {
    const { synthetic } = await synthesize(await corpusOf(true), { methods: only('title') });
    expect(synthetic.map(({ text }) => text)).toEqual(ANIMALS.map(([name]) => `The common ${name}`));
  });

  it('never makes a query of a sentence that many documents share', async () => {
    const { synthetic } = await synthesize(await corpusOf(false), { per_document: 20 });
    expect(synthetic.length).toBeGreaterThan(20);
    for (const { text } of synthetic) expect(text).not.toMatch(/wild animals|next page|Read more/);
  });

  it('makes no query twice, and none that the corpus has in any split', async () => {
    const titles = ANIMALS.map(([name], i) => ({ _id: `t${i}`, text: `common the ${name.toUpperCase()}?` }));
    const failure = synthesize(await corpusOf(true, titles), { methods: only('title') });
    await expect(failure).rejects.toThrow('no document gave a usable query');
    const { synthetic } = await synthesize(await corpusOf(false), { per_document: 20 });
    const sets = synthetic.map(({ text }) => text.toLowerCase().split(/\W+/).sort().join(' '));
    expect(new Set(sets).size).toBe(sets.length);
  });

  it('keeps to a length and a count', async () => {
    const corpus = await corpusOf(false);
    const { synthetic } = await synthesize(corpus, { methods: only('key_terms'), count: 5 });
    expect(synthetic).toHaveLength(5);
    for (const { text } of synthetic) expect(text.split(' ').length).toBeLessThanOrEqual(6);
    await expect(synthesize(corpus, { query_length: { min: 5, max: 2 } })).rejects.toThrow(
      'min 5 above max 2',
    );
  });

  it('holds out the queries of some documents in a split of their own', async () => {
    const { synthetic, metrics } = await synthesize(await corpusOf(false), { holdout: 0.5, per_document: 3 });
    const heldOut = synthetic.filter(({ split }) => split === 'synthetic-validation');
    expect(heldOut.length).toBeGreaterThan(0);
    expect(heldOut.length).toBeLessThan(synthetic.length);
    expect(metrics).toMatchObject({ 'queries_synthetic-validation': heldOut.length });
  });

  it('adds to queries that an earlier stage made', async () => {
    const first = await synthesize(await corpusOf(false), { methods: only('key_terms') });
    const second = await synthesize(first.artifact, { methods: only('key_terms'), seed: 9 });
    expect(second.queries.slice(0, first.queries.length)).toEqual(first.queries);
    const names = second.queries.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
  });
});
