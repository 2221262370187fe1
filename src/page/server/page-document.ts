import { contentPolicy, pageAssets, serverHtml } from '../document/html.ts';
import type { PageDocument } from './routes.ts';

/** The page. With `searchOnly`, it begins at the search and leads nowhere else. */
export function pageDocument(searchOnly: boolean): PageDocument {
  const assets = pageAssets();
  const start = searchOnly ? '#/search' : '#/runs';
  return { html: serverHtml({ title: 'pipeline', start }, assets), policy: contentPolicy(assets) };
}
