/** `pipeline import-model`: turns an exported folder into a model artifact's files, checked. */
import { existsSync, statSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { PipelineError } from '../../base/diagnostic.ts';
import { systemError } from '../../base/system-error.ts';
import { fillFolder } from '../../interchange/fill-folder.ts';
import { importModel, type ImportedModel } from '../../interchange/import.ts';
import { printJson, printResult } from '../render/output.ts';

export interface ImportModelOptions {
  readonly output?: string;
  readonly json?: boolean;
}

export function importModelCommand(name: string, options: ImportModelOptions): number {
  const from = resolve(name);
  if (!existsSync(from) || !statSync(from).isDirectory())
    throw new PipelineError('E_USAGE', `there is no folder ${from}`, {
      hint: 'Write one with `pipeline export RUN --to huggingface`.',
    });
  const folder = resolve(options.output ?? `${basename(from)}-model`);
  let imported: ImportedModel | undefined;
  try {
    fillFolder(folder, (aside) => {
      imported = importModel(from, aside);
    });
  } catch (error) {
    throw systemError('E_STORE', 'the model could not be written', error);
  }
  const { format, config } = imported!;
  const { dimensions, embeddings } = config;
  if (options.json) printJson({ from, format, folder, vocabulary: embeddings.rows, dimensions });
  else
    printResult(
      `${embeddings.rows.toLocaleString('en-US')} words, ${dimensions} dimensions in ${folder}; a stage with \`uses: import-model\` and \`path\` takes it into a spec`,
    );
  return 0;
}
