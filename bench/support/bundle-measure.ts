import { fileURLToPath } from "node:url";
import { build } from "tsup";

/** Bundles `bench/NAME/measure.ts`, which runs in processes of its own, as `measure.js` in a folder. */
export async function bundleMeasure(name: string, folder: string): Promise<void> {
  await build({
    entry: { measure: fileURLToPath(new URL(`../${name}/measure.ts`, import.meta.url)) },
    outDir: folder,
    format: "esm",
    target: "node20",
    silent: true,
    config: false,
    dts: false,
  });
}
