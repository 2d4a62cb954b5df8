/** docs/qtrace.config.schema.json is made from the rules: `npm run docs` writes it anew. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import Ajv from "ajv";
import { expect, test } from "vitest";
import { parseConfig } from "../../src/lint/config.js";
import { configSchema } from "../../src/lint/config-schema.js";
import { rules } from "../../src/lint/registry.js";
import { pick, type Random, seededRandom } from "../support/random.js";
import { repoRoot } from "../support/repo-root.js";

const schema = configSchema(rules);
const validate = new Ajv({ strict: true, allowUnionTypes: true }).compile(schema);

test("the file is as the rules say", async () => {
  const file = join(repoRoot, "docs", "qtrace.config.schema.json");
  await expect(`${JSON.stringify(schema, null, 1)}\n`).toMatchFileSnapshot(file);
});

test("an editor is told of every rule", () => {
  for (const { name } of rules) expect(validate({ rules: { [name]: "off" } })).toBe(true);
});

/** Values of all kinds, those that belong somewhere more often than others. */
function randomValue(random: Random, depth = 0): unknown {
  const keys = ["$schema", "set", "rules", "paths", "files", "other", "toString"];
  const list = () => Array.from({ length: random(3) }, () => randomValue(random, depth + 1));
  const choices: (() => unknown)[] = [
    () => pick(random, ["off", "warn", "error", "recommended", "strict", "", "hw/**", "warning"]),
    () => pick(random, [null, true, 0, 1.5]),
    list,
    () => Object.fromEntries(list().map((value) => [pick(random, keys), value])),
    () =>
      Object.fromEntries(
        list().map((value) => [pick(random, [...rules.map(({ name }) => name), "x"]), value]),
      ),
  ];
  return (depth > 4 ? choices[0]! : pick(random, choices))();
}

/** A configuration that is right but for what chance puts in. */
function randomConfig(random: Random): unknown {
  const or = (value: unknown) => (random(6) === 0 ? randomValue(random) : value);
  const levels = () =>
    Object.fromEntries(
      Array.from({ length: random(3) }, () => [
        pick(random, rules).name,
        or(pick(random, ["off", "warn", "error"])),
      ]),
    );
  const path = () => ({ files: or(["hw/**", or("x")]), rules: or(levels()) });
  const parts: Record<string, unknown> = {
    $schema: or("./x.json"),
    set: or("strict"),
    rules: or(levels()),
    paths: or([or(path())]),
  };
  return or(Object.fromEntries(Object.entries(parts).filter(() => random(2) === 0)));
}

test("takes what the loader takes, and nothing else", () => {
  const random = seededRandom(7);
  const answers = new Set<boolean>();
  for (let round = 0; round < 5000; round++) {
    const config = randomConfig(random);
    const loads = "config" in parseConfig(JSON.stringify(config));
    expect(validate(config), JSON.stringify(config)).toBe(loads);
    answers.add(loads);
  }
  expect(answers.size).toBe(2);
});

test("the example in docs/lint-config.md is one", () => {
  const page = readFileSync(join(repoRoot, "docs", "lint-config.md"), "utf8");
  const [, example] = /```json\n([\s\S]*?)```/.exec(page)!;
  expect(parseConfig(example!)).toHaveProperty("config");
  expect(validate(JSON.parse(example!))).toBe(true);
});
