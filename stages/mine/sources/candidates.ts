import { row, type Ragged } from '../../../src/formats/ragged.ts';
import { drawEvenly, type NegativeSource } from './source.ts';

/** The query's own candidates, such as search results that the annotator did not select. */
export function candidatesSource(candidates: Ragged, weight: number): NegativeSource {
  return {
    name: 'candidates',
    weight,
    isHard: true,
    prepare: (query, guard) => {
      const pool = [...new Set(row(candidates, query))].filter((document) => guard.admits(document));
      return {
        drawsFor: (_positive, admits) => drawEvenly(pool.filter(admits).map((document) => ({ document }))),
      };
    },
  };
}
