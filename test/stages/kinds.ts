/** The declarations of all built-in kinds. */
import type { KindDeclaration } from '../../src/stage.ts';
import { stage as command } from '../../stages/command/kind.ts';
import { stage as embed } from '../../stages/embed/kind.ts';
import { stage as ensemble } from '../../stages/ensemble/kind.ts';
import { stage as evaluate } from '../../stages/evaluate/kind.ts';
import { stage as importModel } from '../../stages/import-model/kind.ts';
import { stage as index } from '../../stages/index/kind.ts';
import { stage as ingest } from '../../stages/ingest/kind.ts';
import { stage as mine } from '../../stages/mine/kind.ts';
import { stage as synthesize } from '../../stages/synthesize/kind.ts';
import { stage as tokenize } from '../../stages/tokenize/kind.ts';
import { stage as train } from '../../stages/train/kind.ts';
import { stage as word2vec } from '../../stages/word2vec/kind.ts';

export const KINDS = {
  command,
  embed,
  ensemble,
  evaluate,
  'import-model': importModel,
  index,
  ingest,
  mine,
  synthesize,
  tokenize,
  train,
  word2vec,
} as const satisfies Readonly<Record<string, KindDeclaration>>;
