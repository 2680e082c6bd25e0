/** The accelerator with random hosts: always the same ones, so that what fails here is what has changed. */

import { runSession } from "./top-sessions";

// In the session of seed 18 a soft reset comes while a head's last word of outputs waits.
test.each([1, 2, 3, 4, 5, 6, 7, 18])("heads in flight together, wrong packets, soft resets: of seed %d", (seed) => {
  expect(runSession(seed)).toBeGreaterThan(0);
});
