import type { CommandDefinition } from "../command-definition.js";
export const demoCommand: CommandDefinition = () => {};
