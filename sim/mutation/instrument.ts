/** A circuit with faults in it: one for good, or many of which an input selects one. */

import { log2Ceil } from "../../generator/ir/bits";
import { verify } from "../../generator/ir/verify";
import type { Assign, Circuit, Expr, LogicModule, Module, Port, Signal, Stmt } from "../../generator/ir/types";
import { printable } from "../../generator/passes/printable";
import { replaceStmts } from "../../generator/ir/traverse";
import { type Fault, isResetFault, type ExpressionFault, type ResetFault } from "./fault";
import { grouped, modulesBelow, otherReset } from "./faults";
import { rewriteModule } from "./rewrite";
import { bits, cast, choice, equals, literal, operation, reference } from "./terms";

/** Whether a fault is there: null when it always is. */
type Present = (fault: Fault) => Expr | null;

const selected = (present: Expr | null, faulty: Expr, sound: Expr): Expr => (present === null ? faulty : choice(present, faulty, sound));

/** The circuit with one fault. */
export function withFault(circuit: Circuit, fault: Fault): Circuit {
  return checked({ ...circuit, modules: circuit.modules.map((m) => (m.kind === "logic" && m.name === fault.module ? faultyModule(m, [fault], () => null) : m)) });
}

export interface Multiplexed {
  readonly circuit: Circuit;
  /** The input of the top that selects: 0 none of the faults, n the n-th. */
  readonly port: string;
  readonly width: number;
}

/** The circuit with all of the faults, of which an input of the top selects one. */
export function withFaults(circuit: Circuit, faults: readonly Fault[]): Multiplexed {
  const width = Math.max(1, log2Ceil(faults.length + 1));
  const port = freeName(circuit);
  const select = reference(port, { width, signed: false });
  const numbers = new Map(faults.map((f, i) => [f, literal(BigInt(i + 1), select)]));
  const byModule = grouped(faults, (f) => f.module);
  const concerned = new Set(circuit.modules.filter((m) => [...modulesBelow(circuit, m.name)].some((name) => byModule.has(name))).map((m) => m.name));
  const modules = circuit.modules.map((m): Module => {
    if (m.kind === "memory" || !concerned.has(m.name)) return m;
    const faulty = faultyModule(m, byModule.get(m.name) ?? [], (fault) => equals(select, numbers.get(fault)!));
    const instances = faulty.instances.map((i) => (concerned.has(i.module) ? { ...i, inputs: [...i.inputs, { port, value: select }] } : i));
    return { ...faulty, instances, ports: withInput(faulty.ports, { name: port, direction: "input", width, signed: false, source: port, loc: null }) };
  });
  return { circuit: checked({ ...circuit, modules }), port, width };
}

/** A name that no module has given to anything. */
function freeName(circuit: Circuit): string {
  const taken = new Set(circuit.modules.flatMap((m) => (m.kind === "memory" ? [] : [...m.ports, ...m.signals, ...m.instances].map((x) => x.name))));
  let name = "fault";
  for (let n = 1; taken.has(name); n++) name = `fault_${n}`;
  return name;
}

/** Inputs come first. */
function withInput(ports: readonly Port[], port: Port): Port[] {
  return [...ports.filter((p) => p.direction === "input"), port, ...ports.filter((p) => p.direction === "output")];
}

function checked(circuit: Circuit): Circuit {
  verify(circuit, "seeding faults");
  const result = printable(circuit);
  verify(result, "printing of seeded faults", circuit);
  return result;
}

function faultyModule(module: LogicModule, faults: readonly Fault[], present: Present): LogicModule {
  const bySite = grouped(faults.filter((f): f is ExpressionFault => !isResetFault(f)), (f) => f.site);
  const faulty = rewriteModule(module, (site, _, rewritten) =>
    (bySite.get(site.number) ?? []).reduceRight((otherwise, fault) => selected(present(fault), fault.mutated, otherwise), rewritten));
  const resets = [...grouped(faults.filter(isResetFault), (f) => f.target)];
  return resets.reduce((before, [register, own]) => withOtherReset(before, register, own, present), faulty);
}

/**
 * A register that starts from something else: what is stored differs from its value by `delta`, in reset and after it. The
 * value of a lost reset comes from a register that nothing ever assigns, and that therefore starts from anything.
 */
function withOtherReset(module: LogicModule, name: string, faults: readonly ResetFault[], present: Present): LogicModule {
  const register = module.signals.find((s) => s.name === name)!;
  const taken = new Set([...module.ports, ...module.signals, ...module.instances].map((x) => x.name));
  const named = (role: string): string => {
    let fresh = `${name}_${role}`;
    for (let n = 1; taken.has(fresh); n++) fresh = `${name}_${role}_${n}`;
    return fresh;
  };
  const [stored, start, delta] = [named("stored"), named("start"), named("delta")];
  const plain = { width: register.width, signed: false };
  const none = literal(0n, plain);
  const startOf = ({ kind }: ResetFault): Expr => (kind === "reset lost" ? reference(start, plain) : literal(otherReset(register), plain));
  const differs = faults.reduceRight<Expr>((otherwise, f) => selected(present(f), operation("xor", startOf(f), literal(BigInt(register.reset!), plain)), otherwise), none);
  const signal = (of: Partial<Signal> & Pick<Signal, "name" | "kind">): Signal => ({ ...register, signed: false, reset: null, ...of });
  const whole = (target: string, value: Expr): Stmt => ({ kind: "assign", target, lo: 0, value, loc: register.loc });
  const isLost = faults.some((f) => f.kind === "reset lost");
  const store = (s: Assign): Assign => (s.target !== name ? s : {
    ...s, target: stored, value: operation("xor", cast(s.value, plain), bits(reference(delta, plain), s.lo + s.value.width - 1, s.lo)),
  });
  return {
    ...module,
    signals: module.signals.flatMap((s): Signal[] => (s !== register ? [s] : [
      signal({ name: stored, kind: "reg", reset: register.reset }), ...(isLost ? [signal({ name: start, kind: "reg" })] : []),
      signal({ name: delta, kind: "wire" }), signal({ name, kind: "wire", signed: register.signed }),
    ])),
    body: [
      whole(delta, differs),
      whole(name, cast(operation("xor", reference(stored, plain), reference(delta, plain)), register)),
      ...(isLost ? [whole(start, reference(start, plain))] : []),
      ...replaceStmts(module.body, (e) => e, (s) => [store(s)]),
    ],
  };
}
