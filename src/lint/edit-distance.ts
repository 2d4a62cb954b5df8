/**
 * How many letters must be put in, taken out or replaced to make one word of another (Levenshtein).
 * Where that is more than `most`, some greater number: it is not counted further.
 */
export function editDistance(a: string, b: string, most = Number.POSITIVE_INFINITY): number {
  if (Math.abs(a.length - b.length) > most) return Number.POSITIVE_INFINITY;
  let above = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    let least = row;
    for (let column = 1; column <= b.length; column++) {
      const replaced = above[column - 1]! + Number(a[row - 1] !== b[column - 1]);
      const distance = Math.min(replaced, above[column]! + 1, current[column - 1]! + 1);
      current.push(distance);
      if (distance < least) least = distance;
    }
    if (least > most) return Number.POSITIVE_INFINITY;
    above = current;
  }
  return above[b.length]!;
}
