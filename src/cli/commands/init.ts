/** `pipeline init`: the starter spec, with what an editor and git should know about it. */
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, extname, join, relative, resolve, sep } from 'node:path';
import { PipelineError } from '../../base/diagnostic.ts';
import { INSTALLATION, ownPackage } from '../../base/installation.ts';
import { projectFolder } from '../../session.ts';
import { packageFile } from '../../spec/stages/package-file.ts';
import { choose } from '../../starter/choices.ts';
import { lookAt } from '../../starter/look.ts';
import { starterSpec, UNSEEN } from '../../starter/starter-spec.ts';
import { summaryLines } from '../../starter/summary.ts';
import { PUBLISHED } from '../../starter/training-stages.ts';
import { printResult } from '../render/output.ts';

export interface InitOptions {
  /** Data to look at. */
  readonly from?: string;
}

/** Writes a commented starter spec; never overwrites a file. Git is told not to keep the artifacts. */
export async function initCommand(file: string, { from }: InitOptions): Promise<number> {
  if (existsSync(file))
    throw new PipelineError('E_USAGE', `${file} already exists`, {
      hint: 'Name another file: `pipeline init FILE`.',
    });
  const looked = from === undefined ? UNSEEN : await lookAt(from);
  const folder = dirname(resolve(file));
  const vectors = packageFile(`npm:${PUBLISHED}`, folder);
  const choices = choose(looked, vectors !== undefined && existsSync(vectors.path));
  const text = starterSpec({
    name: basename(file, extname(file)),
    looked,
    choices,
    place: (path) =>
      from === undefined ? path : relative(folder, resolve(path)).split(sep).join('/') || '.',
  });
  writeFileSync(file, schemaLine(file) + text, { flag: 'wx' });
  const ignored = ignoreArtifacts(file);
  if (from === undefined)
    printResult(`Wrote ${file}. Put your data next to it, then run: pipeline run ${file}`);
  else {
    for (const line of summaryLines(looked, choices)) printResult(line);
    printResult(`Wrote ${file}. Run: pipeline run ${file}`);
  }
  if (ignored !== undefined) printResult(`Added artifacts/ to ${ignored}.`);
  return 0;
}

const SCHEMA = join('schema', 'pipeline.schema.json');

/** Tells the YAML extensions of editors where the schema is; empty where this installation has none. */
function schemaLine(file: string): string {
  const folder = dirname(resolve(file));
  const schema = installedSchema(folder) ?? join(INSTALLATION, SCHEMA);
  if (!existsSync(schema)) return '';
  const path = relative(folder, schema).split(sep).join('/');
  return `# yaml-language-server: $schema=${path.startsWith('.') ? path : `./${path}`}\n`;
}

/** In the `node_modules` of the project, which others who check it out have in the same place. */
function installedSchema(from: string): string | undefined {
  for (let folder = from; ; folder = dirname(folder)) {
    const schema = join(folder, 'node_modules', ownPackage().name, SCHEMA);
    if (existsSync(schema)) return schema;
    if (folder === dirname(folder)) return undefined;
  }
}

const IGNORED = /^\/?(?:\*\*\/)?artifacts\/?(?:\*\*?)?\s*$/m;

/** Adds the store to the `.gitignore` beside it; returns the file where it was not there yet. */
function ignoreArtifacts(file: string): string | undefined {
  const path = join(projectFolder(file), '.gitignore');
  const text = existsSync(path) ? readFileSync(path, 'utf8') : '';
  if (IGNORED.test(text)) return undefined;
  appendFileSync(path, `${text === '' || text.endsWith('\n') ? '' : '\n'}artifacts/\n`);
  return relative(process.cwd(), path);
}
