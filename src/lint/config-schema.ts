import type { Rule } from "./rule.js";

/** Where the schema lies in the package, as a configuration beside `node_modules` names it. */
const place = "./node_modules/qtrace/docs/qtrace.config.schema.json";

/** A JSON schema (draft 7) of `qtrace.config.json`, for editors: what `parseConfig` takes, and no more. */
export function configSchema(rules: readonly Rule[]): object {
  const levels = { $ref: "#/definitions/rules" };
  return {
    $schema: "http://json-schema.org/draft-07/schema#",
    title: "qtrace.config.json",
    description: "How `qtrace lint` looks at the trace-events files in this folder and below.",
    type: "object",
    additionalProperties: false,
    properties: {
      $schema: { description: `This schema: "${place}".` },
      set: {
        description: "The rules to begin with: mistakes only, or what is a matter of style too.",
        enum: ["recommended", "strict"],
        default: "recommended",
      },
      rules: { description: "Levels of single rules, over those of the set.", ...levels },
      paths: {
        description: "Levels for some files, over the others; later ones win over earlier ones.",
        type: "array",
        items: {
          type: "object",
          additionalProperties: false,
          required: ["files", "rules"],
          properties: {
            files: {
              description:
                "Patterns of paths, relative to this file's folder: `*` is any part of a name, `?` one " +
                "character, `**` between slashes any folders or none; one that ends in `/` or `/**` " +
                "takes everything below.",
              type: "array",
              items: { type: "string" },
            },
            rules: levels,
          },
        },
      },
    },
    definitions: {
      level: { enum: ["off", "warn", "error"] },
      rules: {
        type: "object",
        additionalProperties: false,
        properties: Object.fromEntries(rules.map((rule) => [rule.name, ruleSchema(rule)])),
      },
    },
  };
}

function ruleSchema({ summary, severity: { recommended, strict } }: Rule): object {
  const sets = `In recommended: ${recommended}; in strict: ${strict}.`;
  return { description: `${summary} ${sets}`, allOf: [{ $ref: "#/definitions/level" }] };
}
