import { importModel } from '../../src/interchange/import.ts';
import type { StageContext, StageResult } from '../../src/stage.ts';
import type { ImportModelParams } from './parameters.ts';

export function run(context: StageContext<ImportModelParams>): Promise<StageResult> {
  const { format, config } = importModel(context.params.path, context.output);
  const { dimensions, embeddings } = config;
  return Promise.resolve({
    metrics: { vocabulary: embeddings.rows, dimensions },
    headline: `${NAMES[format]} · ${embeddings.rows.toLocaleString('en-US')} words · ${dimensions} dimensions`,
  });
}

const NAMES = { onnx: 'ONNX', huggingface: 'Hugging Face folder', artifact: 'model artifact' } as const;
