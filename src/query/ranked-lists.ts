/**
 * The ranked lists of every system for several questions at once: the model encodes them together and searches for them
 * together, BM25 answers one after the other, and both are fused. Texts and names are not looked up here.
 */
import { monotonic } from '../base/clock.ts';
import type { Retrieved } from '../retrieval/fusion.ts';
import type { Ranking } from '../retrieval/ranking.ts';
import { firstDepth, fuseBest } from './fuse-best.ts';
import type { QueryFusion } from './fusion.ts';
import type { BothWords } from './lexical-answers.ts';
import type { Read } from './read-question.ts';
import type { System } from './systems.ts';
import type { VectorAnswers } from './vector-answers.ts';

export interface ListQuestion {
  readonly read: Read;
  readonly top: number;
  /** Of those that the source has. */
  readonly systems: ReadonlySet<System>;
}

export interface RankedList {
  readonly ranking: Ranking;
  readonly milliseconds: number;
}

export type RankedLists = { [system in System]?: RankedList };

export interface Systems {
  readonly model: VectorAnswers | undefined;
  readonly lexical: BothWords | undefined;
  readonly fusion: QueryFusion;
  /** Number of documents. */
  readonly documents: number;
}

/** In the order of the questions. The model has no list for a question of which it knows no word. */
export function rankedLists(systems: Systems, questions: readonly ListQuestion[]): RankedLists[] {
  const models = modelLists(systems, questions);
  return questions.map((question, i) => listsOf(systems, question, models.get(i)));
}

interface ModelList {
  readonly retrieved: Retrieved;
  readonly milliseconds: number;
  /** More of the same list. */
  longer(length: number): Retrieved;
}

/** By place of the question. */
function modelLists(systems: Systems, questions: readonly ListQuestion[]): ReadonlyMap<number, ModelList> {
  const { model } = systems;
  const lists = new Map<number, ModelList>();
  const asked = questions.flatMap((one, i) => {
    const { question, words, isKnown } = one.read;
    const isAsked = one.systems.has('model') || one.systems.has('fused');
    return question && isKnown && words.length > 0 && isAsked
      ? [{ i, question, words, depth: depthOf(systems, one) }]
      : [];
  });
  if (!model || asked.length === 0) return lists;
  const started = monotonic();
  const vectors = model.encode(asked);
  const encoding = (monotonic() - started) / asked.length;
  for (const depth of new Set(asked.map((one) => one.depth))) {
    const places = [...asked.keys()].filter((place) => asked[place]!.depth === depth);
    const wanted = places.map((place) => vectors[place]!);
    const before = monotonic();
    const found = model.search(wanted, depth);
    const milliseconds = encoding + (monotonic() - before) / places.length;
    for (const [j, place] of places.entries()) {
      const longer = (length: number): Retrieved => model.search([wanted[j]!], length)[0]!;
      lists.set(asked[place]!.i, { retrieved: found[j]!, milliseconds, longer });
    }
  }
  return lists;
}

function listsOf(systems: Systems, question: ListQuestion, byModel: ModelList | undefined): RankedLists {
  const { lexical, fusion } = systems;
  const { top, systems: wanted } = question;
  const lists: RankedLists = {};
  if (byModel && wanted.has('model')) lists.model = shown(byModel, top);
  if (!lexical || !(wanted.has('bm25') || wanted.has('fused'))) return lists;
  const { words } = question.read;
  const depth = depthOf(systems, question);
  const isShared = lexical.alone === lexical.fused;
  const alone = wanted.has('bm25') ? timed(() => lexical.alone(words, isShared ? depth : top)) : undefined;
  if (alone) lists.bm25 = shown(alone, top);
  if (!byModel || !wanted.has('fused')) return lists;
  const byWords = (isShared ? alone : undefined) ?? timed(() => lexical.fused(words, depth));
  const { retrieved } = byWords;
  const started = monotonic();
  const both = {
    model: (length: number) => (length === depth ? byModel.retrieved : byModel.longer(length)),
    bm25: (length: number) => (length === depth ? retrieved : lexical.fused(words, length)),
  };
  const ranking = fuseBest(both, fusion, top, depth);
  const fusing = monotonic() - started;
  lists.fused = { ranking, milliseconds: byModel.milliseconds + byWords.milliseconds + fusing };
  return lists;
}

function timed(search: () => Retrieved): Omit<ModelList, 'longer'> {
  const started = monotonic();
  const retrieved = search();
  return { retrieved, milliseconds: monotonic() - started };
}

/** Length of the lists that are made first. Fusion needs longer ones than are shown. */
function depthOf({ model, fusion, documents }: Systems, { top, systems }: ListQuestion): number {
  return systems.has('fused') ? Math.min(documents, firstDepth(fusion, top, model?.isExact ?? true)) : top;
}

function shown({ retrieved: { ranking }, milliseconds }: Omit<ModelList, 'longer'>, top: number): RankedList {
  return {
    ranking: { documents: ranking.documents.subarray(0, top), scores: ranking.scores.subarray(0, top) },
    milliseconds,
  };
}
