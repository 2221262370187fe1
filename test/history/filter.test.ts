import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { entryOf } from '../../src/history/entry.ts';
import { checkName, meets, parseAge, parseCondition, parseSince, valueOf } from '../../src/history/filter.ts';
import { runRecord, stageRecord } from './records.ts';

const record = runRecord(1, {
  parameters: { model: { loss: { margin: 0.2, name: 'triplet' }, sizes: [1, 2] } },
  stages: { report: stageRecord({ metrics: { 'mrr@10': 0.41 } }) },
});
const entry = { ...entryOf(record), tags: ['best', 'first'], note: null };

describe('conditions', () => {
  it.each([
    ['model.loss.margin=0.2', true],
    ['model.loss.margin=0.20', true],
    ['model.loss.margin!=0.2', false],
    ['report.mrr@10>0.4', true],
    ['report.mrr@10 >= 0.41', true],
    ['report.mrr@10<0.41', false],
    ['report.mrr@10<=0.41', true],
    ['model.loss.name=triplet', true],
    ['model.loss.name<z', true],
    ['model.sizes=[1,2]', true],
    ['spec=demo', true],
    ['executed=1', true],
    ['tags=best first', true],
    ['absent=1', false],
    ['absent!=1', true],
  ])('%s', (text, expected) => {
    expect(meets(entry, parseCondition(text))).toBe(expected);
  });

  it.each(['margin', '=3', ''])("refuse '%s'", (text) => {
    expect(() => parseCondition(text)).toThrow('is not a valid condition');
  });
});

describe('names', () => {
  it('that no run has are refused with a suggestion', () => {
    expect(valueOf(entry, 'model.loss.margin')).toBe(0.2);
    expect(() => {
      checkName('mrr@10', [entry]);
    }).toThrow("no run has a field, parameter or metric 'mrr@10'");
    expect(() => {
      checkName('model.loss.margn', [entry]);
    }).toThrow(expect.objectContaining({ hint: "Did you mean 'model.loss.margin'?" }) as Error);
  });
});

describe('times', () => {
  it.each([
    ['90s', 90],
    ['30min', 1800],
    ['12h', 43_200],
    ['7d', 604_800],
    ['2w', 1_209_600],
    ['0', 0],
  ])('%s', (text, seconds) => {
    expect(parseAge(text)).toBe(seconds);
  });

  it('are ages before now, or dates', () => {
    expect(parseSince('2026-01-31')).toBe('2026-01-31T00:00:00.000Z');
    vi.useFakeTimers({ now: Date.UTC(2026, 0, 31, 12), toFake: ['Date'] });
    onTestFinished(() => {
      vi.useRealTimers();
    });
    expect(parseSince('1h')).toBe('2026-01-31T11:00:00.000Z');
    for (const wrong of ['yesterday', '7', '7 years', '2026-13-99'])
      expect(() => parseSince(wrong)).toThrow('neither');
  });
});
