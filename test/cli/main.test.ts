import { describe, expect, test } from "vitest";
import { runCli } from "../support/cli.js";

const commands = ["parse", "lint", "generate", "decode", "stream items", "analyze", "demo"];

describe("qtrace", () => {
  test("--version prints the version", async () => {
    expect(await runCli(["--version"])).toMatchObject({ code: 0, out: "0.1.0\n" });
  });

  test("--help lists every command", async () => {
    const { code, out } = await runCli(["--help"]);
    expect(code).toBe(0);
    for (const command of commands) expect(out).toContain(` ${command.split(" ")[0]} `);
  });

  test.each(commands)("%s --help shows an example", async (command) => {
    const { code, out } = await runCli([...command.split(" "), "--help"]);
    expect(code).toBe(0);
    expect(out).toMatch(new RegExp(`Examples?:\n {2}qtrace ${command}`));
  });

  test.each([
    ["help", "lint"],
    ["lint", "--help"],
  ])("%s %s tells of the command's own options", async (...args) => {
    const { code, out } = await runCli(args);
    expect({ code, out }).toEqual({ code: 0, out: expect.stringContaining("--fix-dry-run") });
  });

  test("stream --help lists the commands of stream", async () => {
    const { code, out } = await runCli(["stream", "--help"]);
    expect({ code, out }).toEqual({
      code: 0,
      out: expect.stringMatching(/\n {2}return-path +list/),
    });
  });

  test("an unknown command is wrong usage", async () => {
    expect(await runCli(["frob"])).toMatchObject({
      code: 2,
      err: "qtrace: unknown command 'frob'; --help lists those that there are\n",
    });
  });

  test("an unknown option is wrong usage", async () => {
    expect(await runCli(["decode", "x", "--frob"])).toMatchObject({ code: 2 });
  });

  test.each([["parse"], ["lint"], ["decode"], ["stream", "items"], ["analyze"]])(
    "%s of a file that is not there is one line, exit 2",
    async (...command) => {
      const { code, out, err } = await runCli([...command, "no/such/file"]);
      expect({ code, out }).toEqual({ code: 2, out: "" });
      expect(err).toBe("qtrace: no/such/file: no such file or folder\n");
    },
  );
});
