/** A sweep whose figures can be worked out by hand, over stages that really run. */
import { makeRig, type Rig } from './rig.ts';

/**
 * corpus → model → report: query q (1 to 8) scores margin · (q + seed) / 10, and is a hit above 0.2; margin 9 breaks
 * with seed 2.
 */
const SPEC = `name: tiny
params: { seed: 1, epochs: 1 }
stages:
  corpus: { uses: command, with: { run: 'echo corpus >> log; echo c > $OUTPUT/c' } }
  model:
    uses: command
    inputs: { corpus: corpus }
    with:
      run: 'echo model >> log; test $PARAM_MARGIN.$PARAM_SEED != 9.2; echo $PARAM_MARGIN $PARAM_SEED > $OUTPUT/m'
      params: { margin: 0.5, seed: '\${params.seed}', epochs: '\${params.epochs}' }
  report:
    uses: command
    inputs: { model: model }
    with:
      run: |
        read margin seed < $INPUT_MODEL/m
        printf 'query\\tmodel/mrr\\tmodel/hit\\n' > $OUTPUT/per_query.tsv
        for q in 1 2 3 4 5 6 7 8; do
          awk "BEGIN { v = $margin * ($q + $seed) / 10; printf \\"q$q\\\\t%.4f\\\\t%d\\\\n\\", v, (v > 0.2) }" >> $OUTPUT/per_query.tsv
        done
        awk 'NR > 1 { a += $2; b += $3 } END { printf "{\\"mrr\\": %.6f, \\"hit\\": %.6f}", a / 8, b / 8 }' $OUTPUT/per_query.tsv > $OUTPUT/x.json
      metrics: x.json
sweep:
  metric: report.mrr
  columns: [report.hit]
  experiments:
    plain: {}
    narrow: { model.params.margin: 0.2 }
    wide: { model.params.margin: 0.9 }
  repeat: { params.seed: [1, 2, 4] }
  baseline: plain
`;

export function scoredSweep(change: (spec: string) => string = (spec) => spec): Rig {
  const rig = makeRig();
  rig.write({ 's.yaml': change(SPEC), log: '' });
  return rig;
}
