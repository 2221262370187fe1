/**
 * Finds the documented symbols of a TypeScript file: their names, the words of the names, and the plain text of their
 * comments. How they become queries and documents is in declarations.ts.
 */
import ts from 'typescript';

export interface DocumentedSymbol {
  /** The qualified name: `Array.findLast`. */
  readonly name: string;
  /** The qualified name's words: `Array.findLast` → `array find last`. */
  readonly words: string;
  /** The comment's text without tags, links and markup, on one line. */
  readonly description: string;
}

/** All declarations of a file that have a documentation comment, in source order. */
export function documentedSymbols(fileName: string, text: string): DocumentedSymbol[] {
  const source = ts.createSourceFile(fileName, text, ts.ScriptTarget.Latest, true);
  const found: DocumentedSymbol[] = [];
  const visit = (node: ts.Node, scope: readonly string[]): void => {
    const name = nameOf(node, source);
    const path = name === undefined ? scope : [...scope, name];
    const description = name === undefined ? '' : descriptionOf(node);
    if (description !== '') found.push({ name: path.join('.'), words: wordsOf(path), description });
    ts.forEachChild(node, (child) => {
      visit(child, path);
    });
  };
  visit(source, []);
  return found;
}

function nameOf(node: ts.Node, source: ts.SourceFile): string | undefined {
  const named =
    ts.isModuleDeclaration(node) ||
    ts.isClassElement(node) ||
    ts.isTypeElement(node) ||
    ts.isEnumMember(node);
  const declared =
    ts.isFunctionDeclaration(node) ||
    ts.isClassDeclaration(node) ||
    ts.isInterfaceDeclaration(node) ||
    ts.isTypeAliasDeclaration(node) ||
    ts.isEnumDeclaration(node);
  if (named || declared) return node.name?.getText(source);
  if (ts.isVariableStatement(node)) return node.declarationList.declarations[0]?.name.getText(source);
  return undefined;
}

function descriptionOf(node: ts.Node): string {
  const comments = (node as { readonly jsDoc?: readonly ts.JSDoc[] }).jsDoc ?? [];
  const last = comments.at(-1);
  return last ? plainText(ts.getTextOfJSDocComment(last.comment) ?? '') : '';
}

function plainText(comment: string): string {
  return comment
    .replace(/```[\s\S]*?(?:```|$)/g, ' ')
    .replace(/\[MDN Reference\]\([^)]*\)/g, ' ')
    .replace(/\{@\w+\s+([^}|]*)(?:\|[^}]*)?\}/g, '$1')
    .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replace(/<[^>]*>/g, ' ')
    .replace(/[`*_]/g, '')
    .replace(/\s+/g, ' ')
    .trim();
}

function wordsOf(path: readonly string[]): string {
  return path
    .flatMap((name) =>
      name
        .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
        .replace(/([A-Z])([A-Z][a-z])/g, '$1 $2')
        .split(/[^A-Za-z0-9]+/),
    )
    .filter((word) => word !== '')
    .map((word) => word.toLowerCase())
    .join(' ');
}
