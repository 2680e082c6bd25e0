/** Questions about a designer's syntax tree that instrumentation asks. All of them are about syntax alone. */

import { ts } from "ts-morph";

/** Methods that call their callback once an item, and the position of the callback's index parameter. */
const iterations: ReadonlyMap<string, number> = new Map([
  ...["map", "flatMap", "forEach", "filter", "find", "findIndex", "some", "every", "from"].map((name) => [name, 1] as const),
  ["reduce", 2], ["reduceRight", 2],
]);

export type Callback = ts.ArrowFunction | ts.FunctionExpression;

/** The expression without parentheses and type assertions. */
export function bare(e: ts.Expression): ts.Expression {
  return ts.isParenthesizedExpression(e) || ts.isAsExpression(e) || ts.isSatisfiesExpression(e)
    || ts.isNonNullExpression(e) || ts.isTypeAssertionExpression(e) ? bare(e.expression) : e;
}

export function isCallback(e: ts.Node): e is Callback {
  return ts.isArrowFunction(e) || ts.isFunctionExpression(e);
}

/** Whether evaluating the node, without the functions and classes it only defines, meets one that satisfies `test`. */
function evaluates(node: ts.Node, test: (n: ts.Node) => boolean): boolean {
  if (test(node)) return true;
  if (ts.isFunctionLike(node) || ts.isClassLike(node) || ts.isTypeNode(node)) return false;
  return ts.forEachChild(node, (child) => evaluates(child, test)) ?? false;
}

const isCall = (n: ts.Node): boolean => ts.isCallExpression(n) || ts.isNewExpression(n) || ts.isTaggedTemplateExpression(n);

/** Whether evaluating the node calls anything. */
export function calls(node: ts.Node): boolean {
  return evaluates(node, isCall);
}

/** Whether an initialiser may make hardware: it calls something, or reads a property that may be a getter. */
export function mayMake(initialiser: ts.Expression): boolean {
  const e = bare(initialiser);
  if (ts.isCallExpression(e)) {
    if (e.expression.kind === ts.SyntaxKind.ImportKeyword) return false;
    if (ts.isIdentifier(e.expression) && e.expression.text === "require") return false;
  }
  return evaluates(e, (n) => isCall(n) || ts.isPropertyAccessExpression(n));
}

/** Whether a statement's expression may act on hardware: it calls something, or sets a property that may be a setter. */
export function mayAct(expression: ts.Expression): boolean {
  const sets = ts.isBinaryExpression(expression) && isAssignment(expression.operatorToken.kind)
    && (ts.isPropertyAccessExpression(expression.left) || ts.isElementAccessExpression(expression.left));
  return sets || calls(expression);
}

function isAssignment(operator: ts.SyntaxKind): boolean {
  return operator >= ts.SyntaxKind.FirstAssignment && operator <= ts.SyntaxKind.LastAssignment;
}

/** The name of a variable, field or method, without a private field's #; null where it has none to show. */
export function plainName(name: ts.Node | undefined): string | null {
  if (name === undefined) return null;
  if (ts.isPrivateIdentifier(name)) return name.text.slice(1);
  return ts.isIdentifier(name) ? name.text : null;
}

/** What `x = ...` and `this.x = ...` bind: the node of the name; null for any other statement. */
export function assignedName(e: ts.Expression): { readonly assignment: ts.BinaryExpression; readonly name: ts.MemberName } | null {
  if (!ts.isBinaryExpression(e) || e.operatorToken.kind !== ts.SyntaxKind.EqualsToken) return null;
  if (ts.isIdentifier(e.left)) return { assignment: e, name: e.left };
  const ofThis = ts.isPropertyAccessExpression(e.left) && e.left.expression.kind === ts.SyntaxKind.ThisKeyword;
  return ofThis ? { assignment: e, name: e.left.name } : null;
}

/** Every name that a destructuring pattern binds, in order. */
export function boundNames(pattern: ts.BindingPattern): string[] {
  return pattern.elements.flatMap((e) => {
    if (ts.isOmittedExpression(e)) return [];
    return ts.isIdentifier(e.name) ? [e.name.text] : boundNames(e.name);
  });
}

export function isDirective(node: ts.Statement): boolean {
  return ts.isExpressionStatement(node) && ts.isStringLiteral(node.expression);
}

export function hasModifier(node: ts.HasModifiers, kind: ts.SyntaxKind): boolean {
  return node.modifiers?.some((m) => m.kind === kind) ?? false;
}

/** Whether the function may stop half-way and let others run: its scope could not be kept as a stack. */
export function suspends(node: ts.Node): boolean {
  return ts.isFunctionLike(node)
    && ((ts.canHaveModifiers(node) && hasModifier(node, ts.SyntaxKind.AsyncKeyword))
      || ("asteriskToken" in node && node.asteriskToken !== undefined));
}

export function isFunctionBody(node: ts.Node): node is ts.ConciseBody {
  return ts.isFunctionLike(node.parent) && "body" in node.parent && node.parent.body === node;
}

/** The iteration method that calls this callback, and the callback's index parameter if it has one. */
export function iterationOf(callback: Callback): { readonly method: string; readonly index: string | null } | null {
  const call = callback.parent;
  if (!ts.isCallExpression(call) || !ts.isPropertyAccessExpression(call.expression)) return null;
  const method = call.expression.name.text;
  const position = iterations.get(method);
  if (position === undefined || !call.arguments.includes(callback)) return null;
  const parameter = callback.parameters[position];
  return { method, index: parameter && !parameter.dotDotDotToken ? plainName(parameter.name) : null };
}

/** The variable of a loop, if it has one plain one. `counts` when it is the counter of a `for (let i = ...)`. */
export function loopVariable(loop: ts.IterationStatement): { readonly name: string; readonly counts: boolean } | null {
  if (!ts.isForStatement(loop) && !ts.isForOfStatement(loop) && !ts.isForInStatement(loop)) return null;
  if (!loop.initializer || !ts.isVariableDeclarationList(loop.initializer)) return null;
  const name = plainName(loop.initializer.declarations[0]?.name);
  return name === null ? null : { name, counts: ts.isForStatement(loop) };
}

/** The name that qualifies what a function makes; null for functions that have none or, like `build`, must not. */
export function scopeName(node: ts.SignatureDeclaration): string | null {
  if (ts.isFunctionDeclaration(node)) return plainName(node.name);
  if (ts.isMethodDeclaration(node)) return ts.isClassLike(node.parent) ? methodName(node.name) : null;
  if (!isCallback(node)) return null;
  let child: ts.Node = node;
  while (ts.isExpression(child.parent) && bare(child.parent) === node) child = child.parent;
  const holder = child.parent;
  if (ts.isVariableDeclaration(holder)) return plainName(holder.name);
  return ts.isPropertyDeclaration(holder) ? methodName(holder.name) : null;
}

/** A module's `build` is its body: the module's own name stands for it. */
function methodName(node: ts.PropertyName): string | null {
  const name = plainName(node);
  return name === "build" ? null : name;
}
