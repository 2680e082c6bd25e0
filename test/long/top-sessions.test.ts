/** The accelerator with other random hosts every time. */

import { runSession } from "../lapa/top-sessions";

jest.setTimeout(60 * 60_000);

test("500 sessions of heads in flight together, wrong packets and soft resets", () => {
  const first = Math.floor(Math.random() * 2 ** 30);
  for (let seed = first; seed < first + 500; seed++) {
    try {
      runSession(seed);
    } catch (error) {
      throw new Error(`session ${seed}: ${String(error)}`);
    }
  }
});
