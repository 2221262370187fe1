/** `pipeline report`: the results of a run, a spec or a sweep as one HTML file that opens anywhere. */
import { closeSync, existsSync, openSync, readSync } from 'node:fs';
import { resolve } from 'node:path';
import { PipelineError } from '../../base/diagnostic.ts';
import { writeAtomically } from '../../base/files.ts';
import { bytesText } from '../../base/quantity-text.ts';
import { GENERATOR, reportHtml } from '../../page/document/html.ts';
import { printJson, printResult } from '../render/output.ts';
import { documentOf, type DocumentOptions } from './report-documents.ts';

export interface ReportOptions extends DocumentOptions {
  readonly output?: string;
  readonly json?: boolean;
}

export async function reportCommand(target: string, options: ReportOptions): Promise<number> {
  const { output = 'report.html' } = options;
  if (existsSync(output) && !isReport(output))
    throw new PipelineError('E_USAGE', `${output} exists and is not a report`, {
      hint: 'Name another file with -o. Earlier reports are replaced.',
    });
  const html = reportHtml(await documentOf(target, options));
  writeAtomically(resolve(output), html);
  const bytes = Buffer.byteLength(html);
  if (options.json) printJson({ file: resolve(output), bytes });
  else printResult(`${output}  ${bytesText(bytes)}`);
  return 0;
}

/** A file that this command wrote: its first lines say so. */
function isReport(file: string): boolean {
  const start = Buffer.alloc(1000);
  const descriptor = openSync(file, 'r');
  try {
    return start.toString('latin1', 0, readSync(descriptor, start, 0, start.length, 0)).includes(GENERATOR);
  } finally {
    closeSync(descriptor);
  }
}
