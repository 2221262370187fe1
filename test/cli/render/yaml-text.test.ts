import { describe, expect, it } from 'vitest';
import { yamlUnder } from '../../../src/cli/render/yaml-text.ts';

describe('parameters as YAML', () => {
  it('reads as a spec does, with short lists on one line', () => {
    const parameters = {
      split: 'test',
      cutoffs: { mrr: [10], recall: [1, 5, 10] },
      negatives: [{ from: 'random' }],
      text: 'yes',
      bm25: {},
    };
    expect(yamlUnder('with', parameters)).toBe(
      [
        'with:',
        '  split: test',
        '  cutoffs:',
        '    mrr: [10]',
        '    recall: [1, 5, 10]',
        '  negatives:',
        '    - from: random',
        '  text: yes',
        '  bm25: {}',
      ].join('\n'),
    );
  });

  it('shows a stage without parameters in one line', () => {
    expect(yamlUnder('with', {})).toBe('with: {}');
  });
});
