/** The accelerator with random hosts: always the same ones, so that what fails here is what has changed. */

import { runSession } from "./top-sessions";

test.each([1, 2, 3, 4, 5, 6, 7, 8])("heads in flight together, wrong packets, soft resets: of seed %d", (seed) => {
  expect(runSession(seed)).toBeGreaterThan(0);
});
