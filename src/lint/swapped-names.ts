/**
 * The places at which names stand that belong to others among them, in a ring: `given[0]` is named
 * as place 1 and `given[1]` as place 0. Names that are only displaced, without a ring, say nothing.
 */
export function swappedPlaces(
  given: readonly (string | undefined)[],
  declared: readonly string[],
): number[] {
  // A ring needs two that differ from what is declared in their places.
  let differ = 0;
  for (let place = 0; place < given.length && differ < 2; place++) {
    const name = given[place];
    if (name !== undefined && name !== declared[place]) differ++;
  }
  if (differ < 2) return [];
  const names = declared.map(plain);
  const target = given.map((name) => (name === undefined ? -1 : uniqueIndex(names, plain(name))));
  return [...given.keys()].filter((start) => {
    if (target[start] === start || target[start] === -1) return false;
    let at = start;
    for (let step = 0; step < given.length; step++) {
      at = target[at] ?? -1;
      if (at === start) return true;
      if (at < 0) return false;
    }
    return false;
  });
}

function uniqueIndex(names: readonly string[], name: string): number {
  const first = names.indexOf(name);
  return first === names.lastIndexOf(name) ? first : -1;
}

/** Case and underscores at the ends make no other name. */
function plain(name: string): string {
  return name.toLowerCase().replace(/^_+|(?<!_)_+$/g, "");
}

/**
 * The places of two arguments that speak of each other: all words of each one's name are in what is
 * given for the other, and not in what is given for itself. `given` is C's text.
 */
export function exchangedPlaces(given: readonly string[], declared: readonly string[]): number[] {
  const words = given.map((text) => new Set(wordsOf(text)));
  const names = declared.map(wordsOf);
  const tells = (place: number, name: number) =>
    names[name]!.every((word) => words[place]!.has(word));
  const misplaced = [...given.keys()].filter((place) => names[place] && !tells(place, place));
  for (const [at, first] of misplaced.entries()) {
    const second = misplaced
      .slice(at + 1)
      .find((other) => tells(first, other) && tells(other, first));
    if (second !== undefined) return [first, second];
  }
  return [];
}

function wordsOf(text: string): string[] {
  return text.toLowerCase().match(/[a-z]+/g) ?? [];
}
