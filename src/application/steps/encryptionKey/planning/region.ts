/** Azure writes a region as `westus3` and as `West US 3`. */
export const sameRegion = (a: string, b: string): boolean => plain(a) === plain(b);

const plain = (region: string): string => region.replace(/\s/g, '').toLowerCase();
