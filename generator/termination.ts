/** Cleaning up when the process is told to end: temporary folders go, child processes are killed. */

import { rmSync } from "node:fs";

const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
const cleanups = new Set<() => void>();

/**
 * Registers work to be done if the process exits or receives SIGINT, SIGTERM or SIGHUP; last registered goes first.
 * A signal that nobody else listens to then ends the process as it would have without this.
 * @param cleanup synchronous; what it throws is dropped, so that the others still run.
 * @returns a function that takes the registration back.
 */
export function onTermination(cleanup: () => void): () => void {
  if (cleanups.size === 0) {
    for (const s of signals) process.on(s, endBySignal);
    process.on("exit", cleanUp);
  }
  cleanups.add(cleanup);
  return () => {
    if (cleanups.delete(cleanup) && cleanups.size === 0) stopListening();
  };
}

function stopListening(): void {
  for (const s of signals) process.off(s, endBySignal);
  process.off("exit", cleanUp);
}

function cleanUp(): void {
  const last = [...cleanups].reverse();
  cleanups.clear();
  stopListening();
  for (const cleanup of last) {
    try {
      cleanup();
    } catch {
      // The process is ending, and there are others to run.
    }
  }
}

function endBySignal(signal: NodeJS.Signals): void {
  cleanUp();
  if (process.listenerCount(signal) === 0) process.kill(process.pid, signal);
}

/**
 * Runs a designer's code, which may not end: SIGINT ends the process at once, where a listener would be called only
 * after that code. Nothing that needs cleaning up may be going on.
 */
export function interruptible<T>(f: () => T): T {
  const listeners = process.listeners("SIGINT");
  process.removeAllListeners("SIGINT");
  try {
    return f();
  } finally {
    for (const listener of listeners) process.on("SIGINT", listener);
  }
}

/**
 * Removes a folder, if it is there, although others may still be writing to it. A file that appears during the removal
 * makes it fail; the next try takes that file too.
 */
export function removeFolder(path: string): void {
  for (let tries = 10; ; tries--) {
    try {
      return rmSync(path, { recursive: true, force: true });
    } catch (error) {
      if (tries === 1) throw error;
    }
  }
}
