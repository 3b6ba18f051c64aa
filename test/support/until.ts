/** Waiting inside VS Code for what somebody else brings about, with patience for a machine that is busy. */

/** Milliseconds; less than a test has. No measure of anything. */
const patience = 240_000;

/** Milliseconds that one test has. */
export const mochaPatience = 300_000;

/** Asks again until there is an answer. */
export async function until<T>(
  what: string | (() => string),
  ask: () => T | PromiseLike<T>,
): Promise<NonNullable<Exclude<T, false | "" | 0>>> {
  const end = performance.now() + patience;
  for (;;) {
    const answer = await ask();
    if (answer) return answer as NonNullable<Exclude<T, false | "" | 0>>;
    if (performance.now() > end)
      throw new Error(`waited in vain for ${typeof what === "string" ? what : what()}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
