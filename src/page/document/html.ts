/**
 * The HTML around the page's script and styles: for a report, with every view inside; for a server, with none. The
 * content security policy allows exactly this script and this style sheet, by their digests, and no network of the file.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DIST } from '../../base/installation.ts';

/** In the first lines of every file that is written here. */
export const GENERATOR = '<meta name="generator" content="two-tower">';

export interface PageAssets {
  readonly script: string;
  readonly style: string;
}

/** What the build put into `dist/page`. */
export function pageAssets(): PageAssets {
  const read = (name: string): string => readFileSync(join(DIST, 'page', name), 'utf8');
  // Inside an element, its end tag would end it.
  return {
    script: read('app.js').replaceAll('</script', '<\\/script'),
    style: read('app.css').replaceAll('</style', '<\\/style'),
  };
}

export interface EmbeddedView {
  readonly name: string;
  readonly view: unknown;
}

export interface ReportDocument {
  readonly title: string;
  /** The hash of the first page. */
  readonly start: string;
  readonly views: readonly EmbeddedView[];
}

export function reportHtml(
  { title, start, views }: ReportDocument,
  { script, style }: PageAssets = pageAssets(),
): string {
  const blocks = views.map(
    ({ name, view }) =>
      `<script type="application/json" data-view="${escaped(name)}">${embeddedJson(view)}</script>\n`,
  );
  return `${head(title, style, `${policy({ script, style })}; base-uri 'none'; form-action 'none'`)}
<div id="app" data-start="${escaped(start)}">
<noscript><p>This report draws itself with JavaScript, which is turned off. Its data is inside the file as JSON.</p></noscript>
</div>
${blocks.join('')}<script>${script}</script>
</body>
</html>
`;
}

/** The page of a server, which sends `contentPolicy` as a header. Its views come from `/api/view/`. */
export function serverHtml(
  { title, start }: Omit<ReportDocument, 'views'>,
  { script, style }: PageAssets = pageAssets(),
): string {
  return `${head(title, style)}
<div id="app" data-start="${escaped(start)}" data-source="server">
<noscript><p>This page needs JavaScript.</p></noscript>
</div>
<script>${script}</script>
</body>
</html>
`;
}

/** For the header of a server: its own address may be asked, and no other page may frame it. */
export function contentPolicy(assets: PageAssets): string {
  return `${policy(assets)}; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;
}

function policy({ script, style }: PageAssets): string {
  return `default-src 'none'; script-src '${source(script)}'; style-src '${source(style)}'; img-src data:`;
}

/** `sha256-…`, as a policy names an inline element. */
function source(content: string): string {
  return `sha256-${createHash('sha256').update(content).digest('base64')}`;
}

function head(title: string, style: string, metaPolicy?: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
${GENERATOR}
${metaPolicy === undefined ? '' : `<meta http-equiv="Content-Security-Policy" content="${metaPolicy}">\n`}<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<link rel="icon" href="data:,">
<title>${escaped(title)}</title>
<style>${style}</style>
</head>
<body>`;
}

/**
 * JSON that cannot end its element or open another: `<` never occurs in it as such. U+2028 and U+2029 are legal in JSON
 * and stay. A lone surrogate, which UTF-8 cannot carry, is escaped by JSON.stringify.
 */
export function embeddedJson(value: unknown): string {
  return JSON.stringify(value).replaceAll('<', '\\u003c');
}

function escaped(text: string): string {
  const entities: Readonly<Record<string, string>> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
  };
  return text.replace(/[&<>"]/g, (character) => entities[character]!);
}
