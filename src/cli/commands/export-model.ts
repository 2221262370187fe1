/** `pipeline export --to onnx | huggingface`: writes the trained model of a spec, a run or an archive for other programs. */
import { resolve } from 'node:path';
import { PipelineError } from '../../base/diagnostic.ts';
import { systemError } from '../../base/system-error.ts';
import { exportModel } from '../../interchange/export.ts';
import type { ExportFormat } from '../../interchange/exported-config.ts';
import { modelToExport } from '../../query/model-to-export.ts';
import { printJson, printResult } from '../render/output.ts';
import { INTERRUPTED, onInterrupt } from './interrupt.ts';
import { openQuerySource } from './query-source.ts';

export interface ExportModelOptions {
  readonly store?: string;
  readonly output?: string;
  readonly stage?: readonly string[];
  readonly artifacts: boolean;
  readonly json?: boolean;
}

/** `name`: a spec's file, an id, tag or `latest`, or an archive. */
export async function exportModelCommand(
  name: string,
  format: ExportFormat,
  options: ExportModelOptions,
): Promise<number> {
  if ((options.stage?.length ?? 0) > 1)
    throw new PipelineError('E_USAGE', `--to ${format} writes one model, and --stage names several stages`);
  if (!options.artifacts)
    throw new PipelineError('E_USAGE', `--no-artifacts leaves nothing to write for --to ${format}`);
  const { stop, dispose } = onInterrupt(true);
  try {
    const { source, close } = await openQuerySource(name, options, stop);
    try {
      const { artifact, facts } = await modelToExport(source, options.stage?.[0]);
      const folder = resolve(options.output ?? `${source.name}-${format}`);
      exportModel(format, artifact.path, folder, facts);
      if (options.json) printJson({ stage: facts.stage, format, folder });
      else printResult(`${facts.stage} of ${source.name} in ${folder}; its README.md shows how to use it`);
      return 0;
    } finally {
      close();
    }
  } catch (error) {
    if (stop.aborted) return INTERRUPTED;
    throw systemError('E_STORE', 'the model could not be written', error);
  } finally {
    dispose();
  }
}
