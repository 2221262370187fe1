/** `history.jsonl` of a trained model as a view. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CurvePoint, CurveView } from '../views/curve-view.ts';
import type { ShownStage } from './shown-run.ts';

/** Undefined for a model without a history, such as an imported one. */
export function curveOf({ name, metrics }: ShownStage, folder: string): CurveView | undefined {
  const file = join(folder, 'history.jsonl');
  if (!existsSync(file)) return undefined;
  const points = readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => pointOf(JSON.parse(line) as Record<string, unknown>));
  if (points.length === 0) return undefined;
  const { best_step: best, ended_by: endedBy } = metrics;
  return {
    stage: name,
    points,
    bestStep: typeof best === 'number' ? best : null,
    endedBy: typeof endedBy === 'string' ? endedBy : null,
    measures: [...new Set(points.flatMap(({ validation }) => Object.keys(validation)))],
  };
}

function pointOf(line: Record<string, unknown>): CurvePoint {
  const number = (name: string): number | null => {
    const value = line[name];
    return typeof value === 'number' ? value : null;
  };
  return {
    step: number('step') ?? 0,
    epoch: number('epoch') ?? 0,
    phase: number('phase'),
    loss: number('loss'),
    learningRate: number('learning_rate'),
    gradientNorm: number('gradient_norm'),
    validation: (line['validation'] ?? {}) as Record<string, number>,
  };
}
