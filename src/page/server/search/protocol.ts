/** What the server and its search threads say to each other. */
import type { SideQuestion, SystemFacts } from '../../../query/side-by-side.ts';
import type { Parts } from '../../../query/parts.ts';
import type { Engine } from '../../../stage.ts';

/** What a thread is started with. */
export interface SearchSetup {
  readonly parts: Parts;
  readonly engine: Engine | null;
  /** Questions that it may get at once. */
  readonly batch: number;
  /** Whether an index is used at any size. */
  readonly alwaysIndex: boolean;
}

export interface SearchRequest {
  readonly id: number;
  readonly questions: readonly SideQuestion[];
}

export type SearchMessage =
  | { readonly type: 'ready'; readonly facts: SystemFacts }
  /** It could not be opened, or broke down. */
  | { readonly type: 'failed'; readonly code: string; readonly message: string; readonly hint: string | null }
  /** Each answer as the text of a JSON object, so that the thread with the connections has nothing to do with it. */
  | { readonly type: 'answered'; readonly id: number; readonly answers: readonly string[] };

/** One search thread, as the server sees it. */
export interface SearchPort {
  post(request: SearchRequest): void;
  onMessage(listener: (message: SearchMessage) => void): void;
  /** Called once, when it has ended for whatever reason. */
  onEnd(listener: () => void): void;
  close(): void;
}
