/** All stage kinds: the built-in ones, as the build described them, and users' modules, loaded on first use. */
import { readFileSync } from 'node:fs';
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

type BuiltKinds = Readonly<Record<string, BuiltKind>>;

function readBuiltKinds(): BuiltKinds {
  try {
    return JSON.parse(readFileSync(join(DIST, 'kinds.json'), 'utf8')) as BuiltKinds;
  } catch (error) {
    throw new PipelineError('E_INSTALL', `the package is not built: ${reasonOf(error)}`, {
      hint: 'Run `npm ci` or `npm run build` in the folder of the package.',
    });
  }
}

export function openCatalogue(layout: StoreLayout): KindCatalogue {
  const built = readBuiltKinds();
  const modules = new Map<string, Promise<Kind>>();
  return {
    names: Object.keys(built).sort(),
    builtIn(name): Kind | undefined {
      const found = Object.hasOwn(built, name) ? built[name] : undefined;
      return found && { ...found, name, module: join(DIST, 'kinds', `${name}.js`), origin: 'built-in' };
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
