import type { CommandDefinition } from "../main.js";
export const demoCommand: CommandDefinition = () => {};
