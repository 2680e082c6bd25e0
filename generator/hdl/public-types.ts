/** `UInt(8)` is a type of hardware, and `UInt` the TypeScript type of a signal that has such a type. */

import type { BitsSignal, BoolSignal, SIntSignal, UIntSignal } from "./signal";
import { bitsType, boolType, sintType, uintType } from "./types";

export const UInt = uintType;
export type UInt = UIntSignal;
export const SInt = sintType;
export type SInt = SIntSignal;
export const Bits = bitsType;
export type Bits = BitsSignal;
export const Bool = boolType;
export type Bool = BoolSignal;
