/** Cycles in graphs, without recursion: paths may be long. */

/** Whether there is a cycle at all: most designs have none, and this is quicker than to look for groups. */
export function hasCycle<N>(nodes: readonly N[], next: (node: N) => N[]): boolean {
  /** True while the node is on the path, false once all behind it is known to end. */
  const open = new Map<N, boolean>();
  for (const root of nodes) {
    const path: { node: N; rest: N[] }[] = [];
    const enter = (node: N): void => {
      open.set(node, true);
      path.push({ node, rest: next(node) });
    };
    if (!open.has(root)) enter(root);
    for (let top = path.at(-1); top; top = path.at(-1)) {
      const node = top.rest.pop();
      if (node === undefined) {
        open.set(top.node, false);
        path.pop();
      } else if (!open.has(node)) enter(node);
      else if (open.get(node)) return true;
    }
  }
  return false;
}

/** The strongly connected groups of a graph that hold a cycle (Tarjan, 1972), without recursion: chains may be long. */
export function cyclicGroups<N>(nodes: readonly N[], next: (node: N) => Iterable<N>): Set<N>[] {
  const order = new Map<N, number>();
  const low = new Map<N, number>();
  const stack: N[] = [];
  const onStack = new Set<N>();
  const groups: Set<N>[] = [];
  const enter = (node: N): { node: N; rest: Iterator<N>; loops: boolean } => {
    order.set(node, order.size);
    low.set(node, order.get(node)!);
    stack.push(node);
    onStack.add(node);
    return { node, rest: next(node)[Symbol.iterator](), loops: false };
  };
  for (const root of nodes) {
    const frames = order.has(root) ? [] : [enter(root)];
    for (let frame = frames.at(-1); frame; frame = frames.at(-1)) {
      const { node, rest } = frame;
      const step = rest.next();
      if (!step.done) {
        if (step.value === node) frame.loops = true;
        if (!order.has(step.value)) frames.push(enter(step.value));
        else if (onStack.has(step.value)) low.set(node, Math.min(low.get(node)!, order.get(step.value)!));
        continue;
      }
      frames.pop();
      const parent = frames.at(-1);
      if (parent) low.set(parent.node, Math.min(low.get(parent.node)!, low.get(node)!));
      if (low.get(node) !== order.get(node)) continue;
      const group = new Set(stack.splice(stack.lastIndexOf(node)));
      for (const member of group) onStack.delete(member);
      if (group.size > 1 || frame.loops) groups.push(group);
    }
  }
  return groups;
}
