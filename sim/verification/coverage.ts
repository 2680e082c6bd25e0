/** What vectors exercise: points of several kinds, each with whether it was hit. */

export type Point = string | number;

export interface CoveredKind {
  readonly kind: string;
  /** How many points there are, and how many of them were hit. */
  readonly points: number;
  readonly hit: number;
  /** Those that were not, in the order in which they were declared. */
  readonly missing: readonly string[];
}

/** Points are declared before they are hit, so that what is never hit is known by name. */
export class Coverage {
  private readonly kinds = new Map<string, Map<string, boolean>>();
  /** Of each kind, how many points were not hit. */
  private readonly open = new Map<string, number>();

  /** Adds points that could be hit. Declaring one again changes nothing. */
  declare(kind: string, points: Iterable<Point>): void {
    const known = this.kinds.get(kind) ?? new Map<string, boolean>();
    this.kinds.set(kind, known);
    const before = known.size;
    for (const point of points) if (!known.has(String(point))) known.set(String(point), false);
    this.open.set(kind, (this.open.get(kind) ?? 0) + known.size - before);
  }

  /** @throws RangeError for a point that was not declared: a list of points that misses one would hide it. */
  hit(kind: string, point: Point): void {
    const known = this.kinds.get(kind);
    if (known?.has(String(point)) !== true) throw new RangeError(`${kind} has no point ${point}`);
    if (known.get(String(point)) === false) this.open.set(kind, this.open.get(kind)! - 1);
    known.set(String(point), true);
  }

  /** Whether a point was declared and not yet hit: whether it is worth looking for. */
  isOpen(kind: string, point: Point): boolean {
    return this.kinds.get(kind)?.get(String(point)) === false;
  }

  /** Hits a point unless nobody declared it: for those that only some configurations have. */
  hitIfDeclared(kind: string, point: Point): void {
    if (this.isOpen(kind, point)) this.hit(kind, point);
  }

  /** The names of all points that were hit. */
  hits(): string[] {
    return [...this.kinds].flatMap(([kind, points]) => [...points].filter(([, isHit]) => isHit).map(([point]) => `${kind}: ${point}`));
  }

  /** Whether a kind has points that were not hit. */
  hasOpen(kind: string): boolean {
    return (this.open.get(kind) ?? 0) > 0;
  }

  /** How many points were not hit. */
  get openCount(): number {
    let count = 0;
    for (const open of this.open.values()) count += open;
    return count;
  }

  /** Adds all that another one has declared and hit. */
  include(other: Coverage): void {
    for (const [kind, points] of other.kinds) {
      this.declare(kind, points.keys());
      for (const [point, isHit] of points) if (isHit) this.hit(kind, point);
    }
  }

  /** Kinds in the order in which they were declared. */
  summary(): CoveredKind[] {
    return [...this.kinds].map(([kind, points]) => {
      const missing = [...points].filter(([, isHit]) => !isHit).map(([point]) => point);
      return { kind, points: points.size, hit: points.size - missing.length, missing };
    });
  }
}
