/**
 * Where the `pipeline` command starts: compiles dist/command.cjs with what V8 kept of an earlier compilation. A cached
 * run spends most of its time on loading code, and this halves it. scripts/build-command.mjs says what is in the file.
 */
import { accessSync, constants as access, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Script } from 'node:vm';

/** Of dist/command.cjs; the build fills it in. V8 itself compares only the lengths of sources. */
declare const COMMAND_DIGEST: string;

const file = join(__dirname, 'command.cjs');
const folder = join(__dirname, 'compiled');
const compiled = join(folder, `${COMMAND_DIGEST}-${process.version}-${process.arch}`);

function readCompiled(): Buffer | undefined {
  try {
    return readFileSync(compiled);
  } catch {
    return undefined;
  }
}

/** Keeps what has been compiled up to now. A folder that cannot be written costs time at every start, nothing else. */
function keepCompiled(script: Script): void {
  try {
    accessSync(__dirname, access.W_OK);
    mkdirSync(folder, { recursive: true });
    const aside = `${compiled}.${process.pid}`;
    writeFileSync(aside, script.createCachedData());
    renameSync(aside, compiled);
  } catch {
    // The next start compiles again.
  }
}

const cachedData = readCompiled();
// The file is ASCII: this is the fastest way to read it.
const source = readFileSync(file, 'latin1');
const script = new Script(`(function (require, __filename, __import) {${source}\n})`, {
  filename: file,
  cachedData,
});
const usual = process.execArgv.length === 0 && process.env['NODE_OPTIONS'] === undefined;
// With other options of V8, what is kept does not fit. A `run` has compiled what matters.
if ((cachedData === undefined || script.cachedDataRejected === true) && usual && process.argv[2] === 'run')
  process.once('exit', (code) => {
    if (code === 0) keepCompiled(script);
  });

type Command = (
  require: NodeJS.Require,
  filename: string,
  load: (specifier: string) => Promise<unknown>,
) => void;

interface ModuleOfLaterNode {
  readonly enableCompileCache?: (folder: string) => unknown;
}

/** From version 22.1 on, Node keeps the compiled code of modules itself, where it is asked to. */
let asked = false;
function load(specifier: string): Promise<unknown> {
  if (!asked) {
    asked = true;
    const { enableCompileCache } = process.getBuiltinModule('node:module') as ModuleOfLaterNode;
    enableCompileCache?.(join(folder, 'modules'));
  }
  return import(specifier);
}

const command = script.runInThisContext() as Command;
command(require, file, load);
