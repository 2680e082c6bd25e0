import { Module, type Parameters } from "lapa";

/** A module of lapa's own: its name in Verilog starts with `lapa_`, so that it never meets a module of the user's. */
export abstract class LibraryModule<P extends Parameters = Parameters> extends Module<P> {
  override get modulePrefix(): string {
    return "lapa_";
  }
}
