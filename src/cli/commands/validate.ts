/**
 * `pipeline validate`: checks specs with their kinds and paths. It plans nothing, reads no data and needs no store, so
 * it suits editors, commit hooks and continuous integration.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Diagnostic } from '../../base/diagnostic.ts';
import { openCatalogue } from '../../kinds/catalogue.ts';
import type { KindCatalogue } from '../../kinds/kind.ts';
import { missingPaths } from '../../plan/external-paths.ts';
import { loadOptions } from '../../session.ts';
import { loadSpec } from '../../spec/load.ts';
import { formatDiagnostics } from '../../spec/print.ts';
import { storeLayout } from '../../store/layout.ts';
import { diagnosticJson } from '../render/diagnostic-json.ts';
import { printJson, printNotice, printResult, useColor } from '../render/output.ts';

export interface ValidateOptions {
  readonly set?: readonly string[];
  readonly params?: string;
  readonly json?: boolean;
}

interface Validated {
  readonly file: string;
  /** Stages, with every instance of a matrix counted; null where the spec has errors. */
  readonly stages: number | null;
  readonly diagnostics: readonly Diagnostic[];
}

/** Exit code 2 where any of the specs has an error. */
export async function validateCommand(files: readonly string[], options: ValidateOptions): Promise<number> {
  // The bundles of users' kinds have to lie somewhere while they are loaded.
  const scratch = mkdtempSync(join(tmpdir(), 'pipeline-validate-'));
  try {
    const layout = storeLayout(scratch);
    const kinds = openCatalogue(layout);
    const load = loadOptions(layout, kinds, options);
    const results: Validated[] = [];
    for (const file of files) results.push(await validate(file, kinds, load));
    const ok = results.every(({ stages }) => stages !== null);
    if (options.json) printJson({ ok, specs: results.map(asJson) });
    else print(results);
    return ok ? 0 : 2;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

async function validate(
  file: string,
  kinds: KindCatalogue,
  options: ReturnType<typeof loadOptions>,
): Promise<Validated> {
  const loaded = await loadSpec(resolve(file), { ...options, kinds });
  if (!loaded.ok) return { file, stages: null, diagnostics: loaded.error };
  const { spec, warnings } = loaded.value;
  const missing = await missingPaths(spec);
  return {
    file,
    stages: missing.length > 0 ? null : spec.stages.length,
    diagnostics: [...warnings, ...missing],
  };
}

function asJson({ file, stages, diagnostics }: Validated): unknown {
  return { file, ok: stages !== null, stages, diagnostics: diagnostics.map(diagnosticJson) };
}

function print(results: readonly Validated[]): void {
  const diagnostics = results.flatMap((result) => result.diagnostics);
  if (diagnostics.length > 0) printNotice(formatDiagnostics(diagnostics, { color: useColor('stderr') }));
  for (const { file, stages } of results)
    if (stages !== null)
      printResult(
        `${results.length > 1 ? `${file}: ` : ''}ok: ${stages} ${stages === 1 ? 'stage' : 'stages'}`,
      );
}
