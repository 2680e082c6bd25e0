/**
 * Rewrites a designer's TypeScript so that it tells ../hdl/trace, while it runs, where it is and what it binds.
 * The rewriting is syntactic: which values are hardware is known only at run time, and only there is it asked.
 *
 * What is inserted (`$lapa` is the file's FileTrace):
 *
 * | designer's code                      | becomes                                                            |
 * |--------------------------------------|--------------------------------------------------------------------|
 * | `const x = f()`, fields, `this.x = ` | `const x = $lapa.close($lapa.open("x", line, column), f())`        |
 * | `const { a } = f()`                  | the same with the name "", then `$lapa.names(mark, { a })`         |
 * | `f();`, `return f()`                 | `$lapa.at(line, column), f()`                                      |
 * | `when(c, () => {}).otherwise(g)`     | `$lapa.link(when(c, () => {}), line, column).otherwise(g)`         |
 * | bodies of loops and of `map` ...     | `const m = $lapa.pass("i", i); try { ... } finally { $lapa.leave(m); }` |
 * | bodies of functions                  | the same with `$lapa.call("name")`, or `$lapa.mark()` without name |
 * | `try`                                | its `catch` and `finally` begin with `$lapa.leave(m)`              |
 *
 * Async functions and generators are left alone. Constructors get no `try`: `super()` must stay where it is.
 */

import { ts } from "ts-morph";
import {
  assignedName, bare, boundNames, calls, hasModifier, isCallback, isDirective, isFunctionBody, iterationOf, loopVariable, mayAct, mayMake,
  plainName, scopeName, suspends,
} from "./syntax";

export interface InstrumentOptions {
  /** The path shown in locations. */
  readonly file: string;
  /** What the compiled file passes to `require` for hdl/trace. */
  readonly trace: string;
}

/** A `before` transformer for files that are emitted as CommonJS. A file with nothing to trace is left as it is. */
export function instrument(options: InstrumentOptions): ts.TransformerFactory<ts.SourceFile> {
  return (context) => (file) => (file.isDeclarationFile ? file : new Instrumenter(context, file, options).file());
}

class Instrumenter {
  private readonly make: ts.NodeFactory;
  private readonly trace: ts.Identifier;
  private readonly sites = new Map<string, number>();
  /** Functions around the current node. At the top level there is no place to set: nothing restores it. */
  private depth = 0;

  constructor(
    private readonly context: ts.TransformationContext,
    private readonly source: ts.SourceFile,
    private readonly options: InstrumentOptions,
  ) {
    this.make = context.factory;
    this.trace = this.make.createUniqueName("$lapa", ts.GeneratedIdentifierFlags.Optimistic | ts.GeneratedIdentifierFlags.FileLevel);
  }

  file(): ts.SourceFile {
    const visited = this.children(this.source);
    if (visited === this.source) return visited;
    return this.make.updateSourceFile(visited, this.afterPrologue(visited.statements, (rest) => [this.head(), ...rest]));
  }

  private readonly visit = (node: ts.Node): ts.VisitResult<ts.Node> => {
    if (isFunctionBody(node)) return this.functionBody(node);
    const owner = node.parent;
    if (ts.isIterationStatement(owner, false) && owner.statement === node) return this.loopBody(owner.statement, owner);
    return this.inner(node);
  };

  /** A node's own rewriting, whatever it is the body of. */
  private inner(node: ts.Node): ts.VisitResult<ts.Node> {
    if (suspends(node) || ts.isTypeNode(node)) return node;
    if (ts.canHaveModifiers(node) && hasModifier(node, ts.SyntaxKind.DeclareKeyword)) return node;
    if (ts.isVariableStatement(node)) return this.variables(node);
    if (ts.isPropertyDeclaration(node)) return this.field(node);
    if (ts.isExpressionStatement(node)) return this.expression(node);
    if (ts.isReturnStatement(node)) return this.returned(node);
    if (ts.isTryStatement(node)) return this.tried(node);
    if (ts.isCallExpression(node)) return this.chain(node);
    return this.children(node);
  }

  private children<T extends ts.Node>(node: T): T {
    return ts.visitEachChild(node, this.visit, this.context);
  }

  private visited(e: ts.Expression): ts.Expression {
    return ts.visitNode(e, this.visit, ts.isExpression);
  }

  // Bindings

  private variables(node: ts.VariableStatement): ts.VariableStatement | ts.Statement[] {
    const declared = node.declarationList.declarations;
    if (!declared.some((d) => d.initializer && mayMake(d.initializer))) return this.children(node);
    const before: ts.Statement[] = [];
    const after: ts.Statement[] = [];
    // An exported pattern's names are properties of `exports`, and outside a module's body they hold no signals.
    const named = !hasModifier(node, ts.SyntaxKind.ExportKeyword);
    const declarations = declared.map((d) => {
      if (!d.initializer || !mayMake(d.initializer)) return this.children(d);
      const binding = ts.isIdentifier(d.name) || !named ? null : this.make.createUniqueName("$b");
      if (binding && !ts.isIdentifier(d.name)) {
        before.push(this.declare(ts.NodeFlags.Let, binding));
        after.push(this.names(binding, boundNames(d.name)));
      }
      const name = ts.visitNode(d.name, this.visit, ts.isBindingName);
      return this.make.updateVariableDeclaration(d, name, d.exclamationToken, d.type, this.bound(d.initializer, d.name, binding));
    });
    const list = this.make.updateVariableDeclarationList(node.declarationList, declarations);
    const statement = this.make.updateVariableStatement(node, node.modifiers, list);
    return before.length === 0 ? statement : [...before, statement, ...after];
  }

  private field(node: ts.PropertyDeclaration): ts.PropertyDeclaration {
    const instance = !hasModifier(node, ts.SyntaxKind.StaticKeyword);
    if (!instance || !node.initializer || plainName(node.name) === null || !mayMake(node.initializer)) return this.children(node);
    return this.make.updatePropertyDeclaration(node, node.modifiers, node.name, node.questionToken ?? node.exclamationToken, node.type,
      this.bound(node.initializer, node.name, null));
  }

  /** `$lapa.close($lapa.open(...), initialiser)`; the mark is kept in `binding` too, if that is given. */
  private bound(initialiser: ts.Expression, name: ts.Node, binding: ts.Identifier | null): ts.Expression {
    const open = this.call("open", this.make.createStringLiteral(plainName(name) ?? ""), ...this.place(name));
    return this.call("close", binding ? this.make.createAssignment(binding, open) : open, this.visited(initialiser));
  }

  private names(binding: ts.Identifier, names: readonly string[]): ts.Statement {
    const parts = this.make.createObjectLiteralExpression(names.map((n) => this.make.createShorthandPropertyAssignment(n)));
    return this.make.createExpressionStatement(this.call("names", binding, parts));
  }

  // Statements

  private expression(node: ts.ExpressionStatement): ts.ExpressionStatement {
    const assigned = assignedName(node.expression);
    if (assigned && mayMake(assigned.assignment.right)) {
      const { left, operatorToken, right } = assigned.assignment;
      const value = this.bound(right, assigned.name, null);
      return this.make.updateExpressionStatement(node, this.make.updateBinaryExpression(assigned.assignment, left, operatorToken, value));
    }
    const e = node.expression;
    const isSuper = ts.isCallExpression(e) && e.expression.kind === ts.SyntaxKind.SuperKeyword;
    if (this.depth === 0 || isSuper || !mayAct(e)) return this.children(node);
    return this.make.updateExpressionStatement(node, this.placed(e));
  }

  private returned(node: ts.ReturnStatement): ts.ReturnStatement {
    if (!node.expression || !calls(node.expression)) return this.children(node);
    return this.make.updateReturnStatement(node, this.placed(node.expression));
  }

  private placed(e: ts.Expression): ts.Expression {
    return this.make.createComma(this.call("at", ...this.place(e)), this.visited(e));
  }

  /** Callbacks of one link of a chain move the current place; the next link's own place is set before it is called. */
  private chain(node: ts.CallExpression): ts.CallExpression {
    const visited = this.children(node);
    const link = node.expression;
    if (this.depth === 0 || !ts.isPropertyAccessExpression(link) || ts.isOptionalChain(link)) return visited;
    const previous = bare(link.expression);
    if (!ts.isCallExpression(previous) || !previous.arguments.some(isCallback)) return visited;
    const callee = visited.expression as ts.PropertyAccessExpression;
    const linked = this.call("link", callee.expression, ...this.place(link.name));
    return this.make.updateCallExpression(visited, this.make.updatePropertyAccessExpression(callee, linked, callee.name),
      visited.typeArguments, visited.arguments);
  }

  /** A binding that throws leaves its scope open; whoever catches that goes on in the scope of the `try`. */
  private tried(node: ts.TryStatement): ts.Statement {
    const visited = this.children(node);
    if (visited.tryBlock === node.tryBlock) return visited;
    const mark = this.make.createUniqueName("$m");
    const restored = (block: ts.Block): ts.Block => this.make.updateBlock(block, [this.leave(mark), ...block.statements]);
    const handler = visited.catchClause
      && this.make.updateCatchClause(visited.catchClause, visited.catchClause.variableDeclaration, restored(visited.catchClause.block));
    const last = visited.finallyBlock && restored(visited.finallyBlock);
    return this.make.createBlock([
      this.declare(ts.NodeFlags.Const, mark, this.call("mark")),
      this.make.updateTryStatement(visited, visited.tryBlock, handler, last),
    ], true);
  }

  // Scopes

  private loopBody(body: ts.Statement, loop: ts.IterationStatement): ts.Statement {
    const rewritten = [this.inner(body)].flat() as ts.Statement[];
    const [first] = rewritten;
    if (first === body) return body;
    const variable = loopVariable(loop);
    const enter = this.pass(variable?.name ?? "loop", variable?.counts ? variable.name : null);
    return this.make.createBlock(this.scoped(enter, first && ts.isBlock(body) && ts.isBlock(first) ? first.statements : rewritten), true);
  }

  private functionBody(body: ts.ConciseBody): ts.ConciseBody {
    const owner = body.parent as ts.SignatureDeclaration;
    this.depth++;
    const visited = this.inner(body) as ts.ConciseBody;
    this.depth--;
    if (ts.isConstructorDeclaration(owner)) return visited;
    const name = scopeName(owner);
    const iteration = isCallback(owner) ? iterationOf(owner) : null;
    const wrapped = ts.isBlock(body) ? visited !== body : (name !== null || iteration !== null) && calls(body);
    if (!wrapped) return visited;
    const enter = iteration ? this.pass(iteration.method, iteration.index)
      : name !== null ? this.call("call", this.make.createStringLiteral(name)) : this.call("mark");
    if (!ts.isBlock(visited)) return this.make.createBlock(this.scoped(enter, [this.make.createReturnStatement(visited)]), true);
    return this.make.updateBlock(visited, this.afterPrologue(visited.statements, (rest) => this.scoped(enter, rest)));
  }

  private scoped(enter: ts.Expression, body: readonly ts.Statement[]): ts.Statement[] {
    const mark = this.make.createUniqueName("$m");
    return [
      this.declare(ts.NodeFlags.Const, mark, enter),
      this.make.createTryStatement(this.make.createBlock(body, true), undefined, this.make.createBlock([this.leave(mark)], true)),
    ];
  }

  /** A site needs only to differ from the file's other sites: it keys a counter and is not part of any name. */
  private pass(label: string, index: string | null): ts.Expression {
    const n = this.sites.get(label) ?? 0;
    this.sites.set(label, n + 1);
    const site = this.make.createStringLiteral(n === 0 ? label : `${label}#${n}`);
    return this.call("pass", site, ...(index === null ? [] : [this.make.createIdentifier(index)]));
  }

  private leave(mark: ts.Identifier): ts.Statement {
    return this.make.createExpressionStatement(this.call("leave", mark));
  }

  // Pieces

  private head(): ts.Statement {
    const call = (f: ts.Expression, text: string): ts.Expression =>
      this.make.createCallExpression(f, undefined, [this.make.createStringLiteral(text)]);
    const module = call(this.make.createIdentifier("require"), this.options.trace);
    const file = call(this.make.createPropertyAccessExpression(module, "traceFile"), this.options.file);
    return this.declare(ts.NodeFlags.Const, this.trace, file);
  }

  private call(method: string, ...args: ts.Expression[]): ts.Expression {
    return this.make.createCallExpression(this.make.createPropertyAccessExpression(this.trace, method), undefined, args);
  }

  private declare(flags: ts.NodeFlags, name: ts.Identifier, value?: ts.Expression): ts.Statement {
    const declaration = this.make.createVariableDeclaration(name, undefined, undefined, value);
    return this.make.createVariableStatement(undefined, this.make.createVariableDeclarationList([declaration], flags));
  }

  private place(node: ts.Node): [ts.Expression, ts.Expression] {
    const { line, character } = this.source.getLineAndCharacterOfPosition(node.getStart(this.source));
    return [this.make.createNumericLiteral(line + 1), this.make.createNumericLiteral(character + 1)];
  }

  /** Directives such as "use strict" must stay first. */
  private afterPrologue(all: readonly ts.Statement[], change: (rest: readonly ts.Statement[]) => readonly ts.Statement[]): ts.Statement[] {
    const end = all.findIndex((s) => !isDirective(s));
    const first = end < 0 ? all.length : end;
    return [...all.slice(0, first), ...change(all.slice(first))];
  }
}
