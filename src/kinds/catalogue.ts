/** All stage kinds: the built-in ones, as the build described them, and users' modules, loaded on first use. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PipelineError } from '../base/diagnostic.ts';
import { reasonOf } from '../base/system-error.ts';
import type { Digest } from '../base/hash.ts';
import { DIST } from '../base/installation.ts';
import type { KindDeclaration } from '../stage.ts';
import type { StoreLayout } from '../store/layout.ts';
import type { Kind, KindCatalogue } from './kind.ts';

interface BuiltKind {
  readonly declaration: KindDeclaration;
  readonly code: Digest;
  readonly sources: Readonly<Record<string, string>>;
}

const FOLDER = join(DIST, 'kinds');

function installed<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new PipelineError('E_INSTALL', `the package is not built: ${reasonOf(error)}`, {
      hint: 'Run `npm ci` or `npm run build` in the folder of the package.',
    });
  }
}

function builtInNames(): string[] {
  const files = readdirSync(FOLDER).filter((file) => file.endsWith('.json'));
  return files.map((file) => file.slice(0, -'.json'.length)).sort();
}

/** One file for each: a run reads only those that it uses. */
function readBuiltIn(name: string): Kind {
  const text = installed(() => readFileSync(join(FOLDER, `${name}.json`), 'utf8'));
  return { ...(JSON.parse(text) as BuiltKind), name, module: join(FOLDER, `${name}.js`), origin: 'built-in' };
}

export function openCatalogue(layout: StoreLayout): KindCatalogue {
  const names = installed(builtInNames);
  const modules = new Map<string, Promise<Kind>>();
  const builtIns = new Map<string, Kind>();
  return {
    names,
    builtIn(name): Kind | undefined {
      if (!builtIns.has(name) && names.includes(name)) builtIns.set(name, readBuiltIn(name));
      return builtIns.get(name);
    },
    async module(path): Promise<Kind> {
      let kind = modules.get(path);
      if (!kind) {
        const { moduleKind } = await import('./module.ts');
        kind = moduleKind(path, layout.cache);
        modules.set(path, kind);
      }
      return kind;
    },
  };
}
