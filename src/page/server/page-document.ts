import type { PageDocument } from './routes.ts';

/** The page; with `searchOnly`, it begins at the search and has nothing else. */
export function pageDocument(searchOnly: boolean): PageDocument {
  return { html: `<!doctype html><title>${searchOnly ? 1 : 0}</title>`, policy: "default-src 'none'" };
}
