import { ts } from "ts-morph";
import { instrument, type InstrumentOptions } from "./instrument";

/** JavaScript, ending with a reference to its source map, and the map as JSON text: "" if the options ask for none. */
interface Transpiled {
  readonly js: string;
  readonly map: string;
}

/**
 * Compiles one file, instrumented, to CommonJS, without looking at any other file and without checking types.
 * @param fileName the file's name as its source map shall give it.
 */
export function transpile(text: string, fileName: string, compilerOptions: ts.CompilerOptions, options: InstrumentOptions): Transpiled {
  const transformers = { before: [instrument(options)] };
  const { outputText, sourceMapText } = ts.transpileModule(text, { fileName, compilerOptions, transformers });
  return { js: outputText, map: sourceMapText ?? "" };
}
