/** A whole number with its thousands apart: `"1,000"`. `Intl` would load all its languages for it. */
export function grouped(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ",");
}
