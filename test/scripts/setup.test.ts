import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

const scripts = resolve(__dirname, "../../../scripts");

/** A machine whose only programs are those that a test puts on the PATH. */
let machine = "";
beforeEach(() => { machine = mkdtempSync(join(tmpdir(), "lapa-setup-")); });
afterEach(() => rmSync(machine, { recursive: true, force: true }));

function program(name: string, body: string): void {
  writeFileSync(join(machine, name), `#!/bin/sh\n${body}\n`);
  chmodSync(join(machine, name), 0o755);
}

/** Runs `code` with everything that scripts/<file> exports in scope. */
function inScript(file: string, code: string): { status: number | null; out: string; err: string } {
  const url = pathToFileURL(join(scripts, file)).href;
  const { status, stdout, stderr } = spawnSync(process.execPath, ["--input-type=module", "-e", `import * as s from ${JSON.stringify(url)};\n${code}`], {
    encoding: "utf8", env: { PATH: machine, HOME: machine },
  });
  return { status, out: stdout, err: stderr };
}

const others = ["iverilog", "g++", "make", "yosys", "z3"];
const haveOthers = (): void => others.forEach((name) => program(name, "echo version 1"));

/** An apt-get that writes down how it was called, and installs Verilator when `works`. */
function haveAptGet(works: boolean): void {
  const install = `printf '#!/bin/sh\\necho Verilator 5.006\\n' > ${machine}/verilator; /bin/chmod +x ${machine}/verilator`;
  program("apt-get", `echo "$DEBIAN_FRONTEND $*" >> ${machine}/calls\n${works ? `case "$*" in *install*) ${install};; esac` : 'case "$1" in --version) ;; *) echo no network >&2; exit 100;; esac'}`);
  program("env", 'exec /usr/bin/env "$@"');
}
const calls = (): string[] => readFileSync(join(machine, "calls"), "utf8").trimEnd().split("\n").slice(1);

describe("installTools", () => {
  test("does nothing where all is there", () => {
    haveOthers();
    program("verilator", "echo Verilator 5.020 2024-01-01");
    haveAptGet(true);
    expect(inScript("tools.mjs", "await s.installTools(0)")).toEqual({ status: 0, out: "", err: "" });
    expect(existsSync(join(machine, "calls"))).toBe(false);
  });

  test("as root, installs only what is missing", () => {
    haveOthers();
    haveAptGet(true);
    expect(inScript("tools.mjs", "await s.installTools(0, [])")).toMatchObject({ status: 0, err: "" });
    expect(calls()).toEqual(["noninteractive -qq update", "noninteractive -qq install -y --no-install-recommends verilator"]);
  });

  test("with sudo that asks no password", () => {
    haveOthers();
    haveAptGet(true);
    program("sudo", `echo "$*" >> ${machine}/sudo-calls; [ "$1" = -n ] || exit 1; shift; case "$1" in true) ;; *) exec "$@";; esac`);
    expect(inScript("tools.mjs", "await s.installTools(1000, [])")).toMatchObject({ status: 0, err: "" });
    expect(calls()).toHaveLength(2);
    expect(readFileSync(join(machine, "sudo-calls"), "utf8").split("\n")[0]).toBe("-n true");
  });

  test.each([["no sudo", ""], ["a sudo that asks for a password", "exit 1"]])("with %s, says what to install and ends with 2", (_, sudo) => {
    haveAptGet(true);
    if (sudo !== "") program("sudo", sudo);
    const { status, err } = inScript("tools.mjs", "await s.installTools(1000, []); console.log('went on')");
    expect(status).toBe(2);
    expect(err).toContain("apt-get install iverilog verilator g++ make yosys z3");
    expect(err).toContain("verilator (5 or newer)");
    expect(calls()).toEqual([]);
  });

  test("a Verilator that is too old is missing, also after apt installed nothing newer", () => {
    haveOthers();
    program("verilator", "echo Verilator 4.038 2020-07-11");
    haveAptGet(false);
    const { status, err } = inScript("tools.mjs", "await s.installTools(0, [])");
    expect(status).toBe(2);
    expect(err).toMatch(/no network[^]*going on with the package lists[^]*missing[^]*: verilator \(5 or newer\)\n/);
  });

  test("where there is no apt-get, says what to install", () => {
    expect(inScript("tools.mjs", "await s.installTools(0, [])")).toMatchObject({ status: 2, err: expect.stringContaining("brew install") });
  });
});

describe("attemptOnline", () => {
  const attempt = 'console.log(await s.attemptOnline(["fetch"], { quiet: true }, [1, 1]))';

  test("tries three times", () => {
    program("fetch", `echo x >> ${machine}/tries; echo unreachable >&2; exit 1`);
    const { out, err } = inScript("setup.mjs", attempt);
    expect(readFileSync(join(machine, "tries"), "utf8")).toBe("x\nx\nx\n");
    expect(out).toMatch(/false\n$/);
    expect(err.match(/unreachable/g)).toHaveLength(3);
  });

  test("ends with the first success, and is quiet then", () => {
    program("fetch", `echo noise; echo x >> ${machine}/tries; [ -e ${machine}/second ] || { echo > ${machine}/second; exit 1; }`);
    expect(inScript("setup.mjs", attempt).out).toMatch(/true\n$/);
    expect(readFileSync(join(machine, "tries"), "utf8")).toBe("x\nx\n");
  });
});

describe("packagesAreThere", () => {
  const ask = (): string => inScript("setup.mjs", `console.log(s.packagesAreThere(${JSON.stringify(machine)}))`).out.trim();
  const lock = (file: string, packages: object): void => writeFileSync(join(machine, file), JSON.stringify({ packages }));
  const wanted = { "": { name: "x" }, "node_modules/a": { version: "1.0.0" }, "node_modules/b": { version: "2.0.0", optional: true } };
  const installed = (packages: object): void => {
    mkdirSync(join(machine, "node_modules"));
    lock("node_modules/.package-lock.json", packages);
  };
  beforeEach(() => lock("package-lock.json", wanted));

  test("nothing installed", () => expect(ask()).toBe("false"));

  test.each<[string, object, string]>([
    ["all", { "node_modules/a": { version: "1.0.0" }, "node_modules/b": { version: "2.0.0" } }, "true"],
    ["an optional one missing", { "node_modules/a": { version: "1.0.0" } }, "true"],
    ["a needed one missing", { "node_modules/b": { version: "2.0.0" } }, "false"],
    ["another version", { "node_modules/a": { version: "1.0.1" } }, "false"],
    ["an optional one of another version", { "node_modules/a": { version: "1.0.0" }, "node_modules/b": { version: "1.0.0" } }, "false"],
  ])("%s", (_, packages, answer) => {
    installed(packages);
    expect(ask()).toBe(answer);
  });
});

test("an older Node is refused", () => {
  const { status, err } = inScript("setup.mjs", "Object.defineProperty(process.versions, 'node', { value: '18.20.1' }); s.requireNode()");
  expect({ status, err }).toEqual({ status: 2, err: expect.stringMatching(/^Node 18\.20\.1 is too old: lapa needs Node 20 or later/) });
});

test("a linked node_modules is another working copy's, and left alone", () => {
  writeFileSync(join(machine, "package-lock.json"), JSON.stringify({ packages: { "node_modules/a": { version: "1.0.0" } } }));
  mkdirSync(join(machine, "elsewhere"));
  symlinkSync(join(machine, "elsewhere"), join(machine, "node_modules"));
  expect(inScript("setup.mjs", `console.log(s.packagesAreThere(${JSON.stringify(machine)}))`).out).toBe("true\n");
});
