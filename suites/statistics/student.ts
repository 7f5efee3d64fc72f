/**
 * Student's t distribution.
 *
 * @module
 */

/**
 * The two-sided p-value of Student's t. With `t = √ν tan φ` the density is proportional to
 * `cos^(ν-1) φ`, so the p-value is a ratio of two integrals of it.
 */
export function studentP(t: number, degrees: number): number {
  const power = degrees - 1;
  const from = Math.atan(Math.abs(t) / Math.sqrt(degrees));
  return cosineIntegral(from, power) / cosineIntegral(0, power);
}

/** The t that is exceeded, on either side, with the chance `p`; by bisection. */
export function studentQuantile(p: number, degrees: number): number {
  let [low, high] = [0, Math.PI / 2];
  for (let step = 0; step < 50; step++) {
    const middle = (low + high) / 2;
    if (studentP(Math.sqrt(degrees) * Math.tan(middle), degrees) > p) low = middle;
    else high = middle;
  }
  return Math.sqrt(degrees) * Math.tan(high);
}

/** The integral of `cos^power` from `from` to π/2, by the midpoint rule. */
function cosineIntegral(from: number, power: number): number {
  const steps = 200;
  const width = (Math.PI / 2 - from) / steps;
  let sum = 0;
  for (let i = 0; i < steps; i++) sum += Math.cos(from + (i + 0.5) * width) ** power;
  return sum * width;
}
