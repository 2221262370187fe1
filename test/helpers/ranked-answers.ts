/** The answers of `pipeline query` as TSV and the ranked lists of a TREC run in one form: `query rank document`. */

/** A line for each answer, without the header. */
export const answersIn = (tsv: string): string[] =>
  tsv
    .trimEnd()
    .split('\n')
    .slice(1)
    .map((line) => line.split('\t').slice(0, 3).join(' '));

/** The first `top` documents of each query of a run file. */
export const topOfRun = (trec: string, top: number): string[] =>
  trec
    .trimEnd()
    .split('\n')
    .map((line) => line.split(' '))
    .filter(([, , , rank]) => Number(rank) <= top)
    .map(([query, , document, rank]) => `${query!} ${rank!} ${document!}`);
