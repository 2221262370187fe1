import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import ts from 'typescript';
import { expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '../..');

/** Functions that take a hint: the position of its argument. */
const TAKES_HINT: Readonly<Record<string, number>> = {
  usage: 1,
  refuse: 1,
  unusable: 1,
  fault: 2,
  left: 3,
  badFile: 3,
};

function sources(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return sources(path);
    return entry.name.endsWith('.ts') && !entry.name.includes('.generated.') ? [path] : [];
  });
}

/** The first and the last literal text of a hint; undefined where an expression stands there. */
interface Hint {
  readonly place: string;
  readonly first: string | undefined;
  readonly last: string | undefined;
}

/** Every hint written in the file: properties, variables and functions of that name, and arguments. */
function hintsIn(path: string): Hint[] {
  const file = ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.ESNext, true);
  const hints: Hint[] = [];
  const add = (node: ts.Node, first: string, last: string): void => {
    const { line } = file.getLineAndCharacterOfPosition(node.getStart());
    const place = `${relative(root, path)}:${line + 1}`;
    hints.push({ place, first: first === '' ? undefined : first, last: last === '' ? undefined : last });
  };
  const collect = (node: ts.Node | undefined): void => {
    if (!node) return;
    if (ts.isStringLiteralLike(node)) add(node, node.text, node.text);
    else if (ts.isTemplateExpression(node))
      add(node, node.head.text, node.templateSpans.at(-1)!.literal.text);
    else if (ts.isConditionalExpression(node)) [node.whenTrue, node.whenFalse].forEach(collect);
    else if (ts.isParenthesizedExpression(node)) collect(node.expression);
    else if (ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.QuestionQuestionToken)
      [node.left, node.right].forEach(collect);
  };
  const isHint = (name: ts.Node): boolean => /hint$/i.test(name.getText());
  const collectReturns = (node: ts.Node): void => {
    if (ts.isReturnStatement(node)) collect(node.expression);
    ts.forEachChild(node, collectReturns);
  };
  const visit = (node: ts.Node): void => {
    if ((ts.isPropertyAssignment(node) || ts.isVariableDeclaration(node)) && isHint(node.name))
      collect(node.initializer);
    if (ts.isCallExpression(node)) collect(node.arguments[TAKES_HINT[node.expression.getText()] ?? -1]);
    if (ts.isFunctionDeclaration(node) && node.name && isHint(node.name)) collectReturns(node);
    ts.forEachChild(node, visit);
  };
  visit(file);
  return hints;
}

it('every hint is a sentence with a capital letter and a full stop', () => {
  const files = ['src', 'stages'].flatMap((folder) => sources(join(root, folder)));
  const hints = files.flatMap(hintsIn);
  expect(hints.length).toBeGreaterThan(80);
  const wrong = hints.filter(
    ({ first, last }) =>
      (first !== undefined && !/^[A-Z]/.test(first)) || (last !== undefined && !/[.?]$/.test(last)),
  );
  expect(wrong).toEqual([]);
});
