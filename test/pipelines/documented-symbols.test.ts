import { expect, test } from 'vitest';
import { documentedSymbols } from '../../pipelines/kinds/documented-symbols.ts';

const symbols = (text: string): unknown => documentedSymbols('a.d.ts', text);

test('the words of a qualified name are the query, the comment is the document', () => {
  expect(
    symbols(`
      declare namespace fs {
        interface ReadStream {
          /** Closes the stream; see {@link ReadStream.open}.
           *  @since v0.1.93 */
          close(): void;
        }
      }`),
  ).toEqual([
    {
      name: 'fs.ReadStream.close',
      words: 'fs read stream close',
      description: 'Closes the stream; see ReadStream.open.',
    },
  ]);
});

test('markup, code and links are left out, and names without a comment too', () => {
  expect(
    symbols(`
      export declare const plain: number;
      /** The **\`XMLHttpRequest\`** of [the page](https://example.org), <b>bold</b> text.
       *  \`\`\`js
       *  code();
       *  \`\`\` */
      export declare function XMLHttpRequest2(): void;`),
  ).toEqual([
    {
      name: 'XMLHttpRequest2',
      words: 'xml http request2',
      description: 'The XMLHttpRequest of the page, bold text.',
    },
  ]);
});
