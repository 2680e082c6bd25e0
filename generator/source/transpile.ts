import { ts } from "ts-morph";
import { instrument, type InstrumentOptions } from "./instrument";

/**
 * Compiles one file, instrumented, without looking at any other file and without checking types.
 * @param fileName the file's name as its source map shall give it.
 * @returns CommonJS, ending with a reference to its source map, and that map as JSON text ("" unless the options ask for one).
 */
export function transpile(text: string, fileName: string, compilerOptions: ts.CompilerOptions, options: InstrumentOptions): { readonly js: string; readonly map: string } {
  const transformers = { before: [instrument(options)] };
  const { outputText, sourceMapText } = ts.transpileModule(text, { fileName, compilerOptions, transformers });
  return { js: outputText, map: sourceMapText ?? "" };
}
