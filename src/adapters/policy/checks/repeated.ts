/** Those whose key an earlier one has, each with that earlier one. */
export function repeated<T extends { key: string }>(all: readonly T[]): readonly (T & { first: T })[] {
  const firsts = new Map<string, T>();
  return all.flatMap((one) => {
    const first = firsts.get(one.key);
    if (first === undefined) firsts.set(one.key, one);
    return first === undefined ? [] : [{ ...one, first }];
  });
}
