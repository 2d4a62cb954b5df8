import { editDistance } from "./edit-distance.js";

/**
 * The name that was probably meant: the nearest of those that differ in two letters at most, and in
 * no more than a quarter of them. `-` and `_` are one letter.
 */
export function nearestName(meant: string, names: Iterable<string>): string | undefined {
  const plain = (name: string) => name.replaceAll("-", "_");
  let nearest: string | undefined;
  let most = Math.min(2, Math.floor(meant.length / 4));
  for (const name of names) {
    const distance = editDistance(plain(name), plain(meant), most);
    if (distance > most) continue;
    if (distance === 0) return name;
    nearest = name;
    most = distance - 1;
  }
  return nearest;
}
