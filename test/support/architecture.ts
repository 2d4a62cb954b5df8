/**
 * Reads TypeScript files with the compiler's own parser and finds what the house forbids. All
 * functions are pure, from files to messages that name file, line and arrow; the rules themselves
 * are data in `test/architecture.test.ts`.
 */

import { posix } from "node:path";
import ts from "typescript";

/** A file of the repository: its path from the root, with slashes, and its text. */
export interface SourceText {
  readonly path: string;
  readonly text: string;
}

/** What a folder's files may import, besides each other. */
export interface Room {
  /** Other folders: a file belongs to the room with the longest matching path. */
  readonly rooms: readonly string[];
  /** npm packages; `node:*` for Node's own modules, `NAME/*` for a package's parts. */
  readonly packages?: readonly string[];
}

/** Folder or file → what it may import. */
export type House = Readonly<Record<string, Room>>;

/** One import, type-only ones too: `export … from`, `import()`, `import("…").Type` among them. */
export interface Import {
  readonly from: string;
  /** Counted from 1. */
  readonly line: number;
  readonly specifier: string;
  /** The file imported, from the root of the repository; undefined for a package. */
  readonly target: string | undefined;
}

/** The room that a path belongs to, if any. */
export function roomOf(house: House, path: string): string | undefined {
  return Object.keys(house)
    .filter((room) => path === room || path.startsWith(`${room}/`))
    .sort((a, b) => b.length - a.length)[0];
}

/** All imports of a file, in its order. */
export function importsOf(file: SourceText): Import[] {
  const source = parse(file);
  return nodesOf(source).flatMap((node) => {
    const specifier = specifierOf(node);
    if (specifier === undefined) return [];
    const relative = specifier.startsWith(".");
    const target = posix.join(posix.dirname(file.path), specifier).replace(/\.js$/, ".ts");
    return [
      {
        from: file.path,
        line: lineOf(source, node),
        specifier,
        target: relative ? target : undefined,
      },
    ];
  });
}

/** Imports that leave a room for one that it may not know, or for a package that is not its own. */
export function forbiddenArrows(house: House, files: readonly SourceText[]): string[] {
  return files.flatMap(importsOf).flatMap((arrow) => {
    const home = roomOf(house, arrow.from);
    if (home === undefined || mayImport(house, home, arrow)) return [];
    const { rooms, packages = [] } = house[home]!;
    const may = [...rooms, ...packages].join(", ") || "nothing";
    return [
      `${arrow.from}:${arrow.line} → ${arrow.target ?? arrow.specifier} (${home} may import ${may})`,
    ];
  });
}

function mayImport(house: House, home: string, { target, specifier }: Import): boolean {
  const { rooms, packages = [] } = house[home]!;
  if (target === undefined)
    return packages.some((name) =>
      name.endsWith("*") ? specifier.startsWith(name.slice(0, -1)) : specifier === name,
    );
  const room = roomOf(house, target);
  return room === home || (room !== undefined && rooms.includes(room));
}

/** Imports of files that are not there. */
export function danglingArrows(files: readonly SourceText[]): string[] {
  const paths = new Set(files.map((file) => file.path));
  return files
    .flatMap(importsOf)
    .filter(({ target }) => target?.endsWith(".ts") && !paths.has(target))
    .map(({ from, line, target }) => `${from}:${line} → ${target} (no such file)`);
}

/** Import cycles, each once, from its first file in the alphabet back to it. */
export function cycles(files: readonly SourceText[]): string[] {
  const arrows = new Map(
    files.map((file) => [file.path, importsOf(file).flatMap(({ target }) => target ?? [])]),
  );
  const found = new Set<string>();
  const done = new Set<string>();
  const visit = (path: string, trail: readonly string[]): void => {
    const seen = trail.indexOf(path);
    if (seen >= 0) found.add(describeCycle(trail.slice(seen)));
    if (seen >= 0 || done.has(path)) return;
    for (const next of arrows.get(path) ?? []) visit(next, [...trail, path]);
    done.add(path);
  };
  for (const path of [...arrows.keys()].sort()) visit(path, []);
  return [...found];
}

function describeCycle(ring: readonly string[]): string {
  const first = ring.indexOf([...ring].sort()[0]!);
  return [...ring.slice(first), ...ring.slice(0, first), ring[first]].join(" → ");
}

/** Uses of globals by name, also through `globalThis`; a file's own binding of that name is not one. */
export function globalUses(names: readonly string[], files: readonly SourceText[]): string[] {
  return files.flatMap((file) => {
    const source = parse(file);
    const nodes = nodesOf(source);
    const own = new Set(nodes.flatMap((node) => boundName(node) ?? []));
    return nodes
      .filter(ts.isIdentifier)
      .filter((id) => names.includes(id.text) && !own.has(id.text) && isReference(id))
      .map((id) => `${file.path}:${lineOf(source, id)} uses ${id.text}`);
  });
}

/** Files that hold nothing but re-exports. */
export function onlyReExports(files: readonly SourceText[]): string[] {
  return files
    .filter((file) => {
      const { statements } = parse(file);
      return (
        statements.some((node) => ts.isExportDeclaration(node) && !isEmptyExport(node)) &&
        statements.every((node) => ts.isExportDeclaration(node) || ts.isImportDeclaration(node))
      );
    })
    .map((file) => `${file.path}:1 only re-exports`);
}

/** `export {};`, which makes a module of a script. */
function isEmptyExport({ exportClause }: ts.ExportDeclaration): boolean {
  return (
    exportClause !== undefined &&
    ts.isNamedExports(exportClause) &&
    exportClause.elements.length === 0
  );
}

/** Default exports, in any of their forms. */
export function defaultExports(files: readonly SourceText[]): string[] {
  return files.flatMap((file) => {
    const source = parse(file);
    return nodesOf(source)
      .filter(
        (node) =>
          ts.isExportAssignment(node) ||
          (ts.isExportSpecifier(node) && node.name.text === "default") ||
          (node.kind === ts.SyntaxKind.DefaultKeyword && !ts.isDefaultClause(node.parent)),
      )
      .map((node) => `${file.path}:${lineOf(source, node)} has a default export`);
  });
}

/** Each rule asks for each file. */
const parsed = new WeakMap<SourceText, ts.SourceFile>();

function parse(file: SourceText): ts.SourceFile {
  const known = parsed.get(file);
  if (known) return known;
  const source = ts.createSourceFile(file.path, file.text, ts.ScriptTarget.Latest, true);
  parsed.set(file, source);
  return source;
}

function nodesOf(root: ts.Node): ts.Node[] {
  const nodes: ts.Node[] = [];
  const visit = (node: ts.Node): void => {
    nodes.push(node);
    ts.forEachChild(node, visit);
  };
  visit(root);
  return nodes;
}

function lineOf(source: ts.SourceFile, node: ts.Node): number {
  return source.getLineAndCharacterOfPosition(node.getStart(source)).line + 1;
}

/** What a node imports: `…` of `from "…"`, `import("…")`, `require("…")`, `import x = require("…")`. */
function specifierOf(node: ts.Node): string | undefined {
  const named = moduleName(node);
  return named && ts.isStringLiteralLike(named) ? named.text : undefined;
}

function moduleName(node: ts.Node): ts.Node | undefined {
  if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) return node.moduleSpecifier;
  if (ts.isExternalModuleReference(node)) return node.expression;
  if (ts.isImportTypeNode(node))
    return ts.isLiteralTypeNode(node.argument) ? node.argument.literal : undefined;
  if (!ts.isCallExpression(node)) return undefined;
  const { expression: callee } = node;
  const imports =
    callee.kind === ts.SyntaxKind.ImportKeyword ||
    (ts.isIdentifier(callee) && callee.text === "require");
  return imports ? node.arguments[0] : undefined;
}

/** The name that a declaration binds. */
function boundName(node: ts.Node): string | undefined {
  const binds =
    ts.isVariableDeclaration(node) ||
    ts.isParameter(node) ||
    ts.isBindingElement(node) ||
    ts.isFunctionDeclaration(node) ||
    ts.isImportSpecifier(node) ||
    ts.isImportClause(node);
  return binds && node.name && ts.isIdentifier(node.name) ? node.name.text : undefined;
}

/** Whether an identifier stands for a value, rather than naming a member of something. */
function isReference(id: ts.Identifier): boolean {
  const { parent } = id;
  if (ts.isPropertyAccessExpression(parent) && parent.name === id)
    return ts.isIdentifier(parent.expression) && parent.expression.text === "globalThis";
  if (ts.isShorthandPropertyAssignment(parent)) return true;
  if (ts.isQualifiedName(parent)) return parent.left === id;
  const namesMember =
    ts.isPropertyAssignment(parent) ||
    ts.isMethodDeclaration(parent) ||
    ts.isMethodSignature(parent) ||
    ts.isPropertyDeclaration(parent) ||
    ts.isPropertySignature(parent) ||
    ts.isAccessor(parent) ||
    ts.isEnumMember(parent) ||
    ts.isNamedTupleMember(parent);
  return !(namesMember && parent.name === id);
}
