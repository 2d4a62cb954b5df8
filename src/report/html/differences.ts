/** Each number as its difference to the one before, which is mostly shorter. */
export function differences(numbers: readonly number[]): number[] {
  return numbers.map((value, index) => (index === 0 ? value : value - numbers[index - 1]!));
}
